import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Notes every module that is resolved, and prints the list when the import is done. */
const script = `
import { register } from 'node:module'
import { MessageChannel } from 'node:worker_threads'
const { port1, port2 } = new MessageChannel()
const urls = []
port1.on('message', (url) => urls.push(url))
port1.unref()
const hooks = 'let port; export const initialize = (data) => { port = data.port };' +
  'export const resolve = async (specifier, context, next) => {' +
  '  const found = await next(specifier, context); port.postMessage(found.url); return found }'
register('data:text/javascript,' + encodeURIComponent(hooks), { data: { port: port2 }, transferList: [port2] })
await import(process.argv[1])
await new Promise((resolve) => setImmediate(resolve))
console.log(JSON.stringify(urls))
`

/** URLs of all modules that importing an entry loads, in a process of its own. */
export async function modulesLoadedBy(entry: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, entry], {
    timeout: 20_000,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as string[]
}
