import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Notes every module that is resolved, and prints the list when the import is done. The hooks see what `import` loads; what
 * CommonJS modules `require` among themselves is in the cache of `require`.
 */
const script = `
import { createRequire, register } from 'node:module'
import { pathToFileURL } from 'node:url'
const seen = new SharedArrayBuffer(4 + 2 ** 22)
const hooks = 'let length, bytes; export const initialize = (seen) => {' +
  '  length = new Int32Array(seen, 0, 1); bytes = new Uint8Array(seen, 4) };' +
  'export const resolve = async (specifier, context, next) => {' +
  '  const found = await next(specifier, context); const line = new TextEncoder().encode(found.url + "\\\\n");' +
  '  bytes.set(line, length[0]); length[0] += line.length; return found }'
register('data:text/javascript,' + encodeURIComponent(hooks), { data: seen })
await import(process.argv[1])
const text = Buffer.from(seen, 4, new Int32Array(seen, 0, 1)[0]).toString()
const required = Object.keys(createRequire(import.meta.url).cache).map((file) => pathToFileURL(file).href)
console.log(JSON.stringify([...new Set([...text.split('\\n').filter(Boolean), ...required])]))
`

/** URLs of all modules that importing an entry loads, in a process of its own. */
export async function modulesLoadedBy(entry: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, entry], {
    timeout: 20_000,
    maxBuffer: 16 * 1024 * 1024,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as string[]
}
