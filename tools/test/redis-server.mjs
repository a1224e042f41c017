import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { freePort } from './free-port.mjs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { makeCertificates } from './certificates.mjs'

/** How often another port is tried when somebody takes the free one first. */
const portTries = 5

/** Where tests get Redis from: a server that runs already, a program to start, or nowhere. */
export function redisSource(env = process.env) {
  if (env.REDIS_URL) return { kind: 'url', url: env.REDIS_URL }
  const path = findProgram('redis-server', env.PATH ?? '')
  if (path !== undefined) return { kind: 'program', path }
  return { kind: 'none', reason: 'there is no redis-server on the PATH and REDIS_URL is not set' }
}

function findProgram(name, path) {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      continue // the next folder may have it
    }
  }
  return undefined
}

/**
 * A redis-server of one's own on 127.0.0.1, with a folder of its own. Resolves when it takes connections.
 * See redis-server.d.mts for the options.
 */
export async function startRedis(options = {}) {
  const source = redisSource({ ...process.env, REDIS_URL: '' })
  if (source.kind === 'none') throw new Error(`A redis-server cannot be started: ${source.reason}.`)
  const folder = await mkdtemp(join(tmpdir(), 'netpulse-redis-'))
  const tls = options.tls ? makeCertificates(folder) : undefined
  const settings = await settingsOf(options, folder, tls)
  let { child, port } = await launchOnFreePort(source.path, settings, tls !== undefined)
  const killWithParent = () => child.kill('SIGKILL')
  process.on('exit', killWithParent)
  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    child.kill('SIGCONT') // a stopped process takes no SIGTERM
    await once(child, 'exit')
  }
  return {
    host: '127.0.0.1',
    port,
    folder,
    tls: tls?.texts,
    get pid() {
      return child.pid
    },
    url: `${tls ? 'rediss' : 'redis'}://${options.password ? `:${encodeURIComponent(options.password)}@` : ''}127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM')
      child = await launch(source.path, [...settings, ...portArgs(port, tls !== undefined)])
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      process.off('exit', killWithParent)
      await end('SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function settingsOf({ appendonly = false, password, acl, sentinel, args = [] }, folder, tls) {
  if (sentinel !== undefined)
    return [await sentinelFile(folder, sentinel), '--sentinel', '--bind', '127.0.0.1', ...args]
  const settings = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', appendonly ? 'yes' : 'no']
  if (password !== undefined) settings.push('--requirepass', password)
  if (acl !== undefined) {
    const file = join(folder, 'users.acl')
    await writeFile(file, `${acl.join('\n')}\n`)
    settings.push('--aclfile', file)
  }
  if (tls !== undefined) settings.push('--tls-ca-cert-file', tls.files.ca, '--tls-cert-file', tls.files.cert)
  if (tls !== undefined) settings.push('--tls-key-file', tls.files.key)
  return [...settings, ...args]
}

/** A Sentinel writes what it finds out into its own configuration file. */
async function sentinelFile(folder, lines) {
  const file = join(folder, 'sentinel.conf')
  await writeFile(file, `${[`dir ${folder}`, ...lines].join('\n')}\n`)
  return file
}

const portArgs = (port, tls) => (tls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)])

async function launchOnFreePort(program, settings, tls) {
  for (let left = portTries; ; left--) {
    const port = await freePort()
    try {
      return { port, child: await launch(program, [...settings, ...portArgs(port, tls)]) }
    } catch (error) {
      if (left === 1 || !/Address already in use/.test(error.message)) throw error
    }
  }
}

/** A Sentinel says the second, after it listens. */
const readyLine = /Ready to accept connections|Sentinel ID is/

/** Redis says on its output that it is ready: nothing has to be tried again and again. */
async function launch(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child, 'spawn')
  let text = ''
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`
    if (readyLine.test(line)) break
  }
  child.stdout.resume()
  if (child.exitCode !== null || !readyLine.test(text)) {
    throw new Error(`redis-server ended before it was ready:\n${text}`)
  }
  return child
}
