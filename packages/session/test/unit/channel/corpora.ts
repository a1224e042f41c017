import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('../../../../../', import.meta.url))

/** Recordings of real devices are data of others and stand beside the repository, when they are there. */
export function readCorpus(name: string): string | undefined {
  const folder = process.env['NETPULSE_CORPORA'] ?? join(root, '..', 'shared', 'corpora')
  const file = join(folder, 'cli', name)
  if (existsSync(file)) return gunzipSync(readFileSync(file)).toString('utf8')
  process.stdout.write(`Recording tests skipped: no ${name}; NETPULSE_CORPORA names the folder of recorded cases.\n`)
  return undefined
}
