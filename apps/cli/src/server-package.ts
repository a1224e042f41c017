import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The bundled server, as it is installed beside this program. */
export interface ServerPackage {
  /** Folder in which it finds its plugins. */
  readonly folder: string
  /** Its program. */
  readonly main: string
}

/** Finds the server without loading it: it runs in a process of its own, as `netpulse-server` does. */
export function serverPackage(): ServerPackage {
  const file = fileURLToPath(import.meta.resolve('@netpulse/server/package.json'))
  const { bin } = JSON.parse(readFileSync(file, 'utf8')) as { bin: Readonly<Record<string, string>> }
  const folder = dirname(file)
  return { folder, main: join(folder, bin['netpulse-server']!) }
}
