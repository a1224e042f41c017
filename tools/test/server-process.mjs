import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../apps/server/dist/main.js', import.meta.url))

/**
 * The bundled server as a user starts it: one process, durable store in a new folder, a port of its own. A server that
 * shares its keys with one that was started before prints none: give it that one's `key`.
 * @param {{ args?: string[], env?: Record<string, string>, key?: string, log?: (text: string) => void }} [options]
 */
export async function startServer({ args = [], env = {}, key: givenKey, log } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'netpulse-server-'))
  let running = await launch({ folder, args, env, log })
  const key = running.key ?? givenKey
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const call = (method, path, body) => exchange({ agent, url: running.url, key, method, path, body })
  /** Throws on an answer that is not a success. */
  const succeed = async (method, path, body) => {
    const { status, json } = await call(method, path, body)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`)
    return json
  }
  return {
    folder,
    key,
    get url() {
      return running.url
    },
    get pid() {
      return running.child.pid
    },
    call,
    post: (path, body) => succeed('POST', path, body),
    get: (path) => succeed('GET', path),
    /** SIGKILL; resolves when the process is gone. */
    async kill() {
      running.child.kill('SIGKILL')
      await ended(running.child)
    },
    /** SIGSTOP: connections stay, nothing is answered. */
    pause: () => void running.child.kill('SIGSTOP'),
    /** SIGCONT. */
    resume: () => void running.child.kill('SIGCONT'),
    /** Ends the process without a warning and starts it again on the same store. */
    async crash() {
      await this.kill()
      running = await launch({ folder, args, env, log })
    },
    async stop() {
      agent.destroy()
      running.child.kill('SIGTERM')
      running.child.kill('SIGCONT') // a stopped process takes no SIGTERM
      await ended(running.child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function ended(child) {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

async function launch({ folder, args, env, log }) {
  const child = spawn(process.execPath, [main, '--port', '0', '--store', folder, ...args], {
    stdio: ['ignore', 'pipe', log === undefined ? 'inherit' : 'pipe'],
    env: { ...process.env, NETPULSE_LOG__LEVEL: 'error', ...env },
  })
  if (log !== undefined) child.stderr.setEncoding('utf8').on('data', log)
  return { child, ...(await greeting(child)) }
}

/** URL and, at the first start on a store, the API key, as the server prints them. */
async function greeting(child) {
  let text = ''
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`
    if (line.includes('curl ')) break
  }
  child.stdout.resume()
  const url = /(http:\/\/[^\s/]+:\d+)/.exec(text)?.[1]
  if (url === undefined) throw new Error(`the server ended before it printed its URL: ${text}`)
  return { url, key: /(np_[\w-]+)/.exec(text)?.[1] }
}

/** Plain node:http: the client's own cost stays small and the same for every benchmark. */
function exchange({ agent, url, key, method, path, body }) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = { 'x-api-key': key }
    if (text !== undefined) headers['content-type'] = 'application/json'
    const sent = request(url + path, { agent, method, headers }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () => resolve({ status: answer.statusCode, json: JSON.parse(Buffer.concat(chunks).toString()) }))
    })
    sent.on('error', reject)
    sent.end(text)
  })
}
