import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A path inside this package, wherever it is installed and whether source or build runs. */
export function packagePath(...parts: readonly string[]): string {
  const manifest = createRequire(import.meta.url).resolve('@netpulse/platforms/package.json')
  return join(dirname(manifest), ...parts)
}
