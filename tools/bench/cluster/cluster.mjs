import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startRedis } from '../../test/redis-server.mjs'

const script = fileURLToPath(new URL('process.mjs', import.meta.url))

/**
 * A redis-server with an append-only file, controllers with the HTTP API, and workers, each a process of its own.
 * @param {{ controllers?: readonly object[], workers?: readonly object[] }} shape engine options per process
 */
export async function startCluster({ controllers = [{}], workers = [{}] } = {}) {
  const redis = await startRedis({ appendonly: true })
  const folder = await mkdtemp(join(tmpdir(), 'netpulse-cluster-'))
  const shared = { redis: { url: redis.url }, keyringFile: join(folder, 'keyring.json') }
  const members = []
  const start = async (role, options) => {
    const settings = { role, store: join(folder, `${role}-${members.length}`), ...shared, ...options }
    const member = await startMember(settings)
    members.push(member)
    return member
  }
  const all = async (role, each) => {
    const started = []
    for (const options of each) started.push(await start(role, options))
    return started
  }
  return {
    redis,
    shared,
    folder,
    members,
    controllers: await all('controller', controllers),
    workers: await all('worker', workers),
    startWorker: (options = {}) => start('worker', options),
    async stop() {
      for (const { child } of members) {
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      }
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startMember(settings) {
  const child = fork(script, [JSON.stringify(settings)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const member = { child, log: '', settings }
  child.stderr.on('data', (bytes) => (member.log += bytes))
  const [told] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`a ${settings.role} did not start: ${member.log}`)
    }),
  ])
  const ask = async (question) => {
    child.send(question)
    const [answer] = await once(child, 'message')
    return answer
  }
  return Object.assign(member, told, { ask })
}
