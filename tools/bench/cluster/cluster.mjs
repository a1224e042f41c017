import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startRedis } from '../../test/redis-server.mjs'

const script = fileURLToPath(new URL('process.mjs', import.meta.url))

/**
 * A redis-server with an append-only file, controllers with the HTTP API, and workers, each a process.
 * @param {{ controllers?: number, workers?: readonly object[] }} shape one set of engine options per worker
 */
export async function startCluster({ controllers = 1, workers = [{}] } = {}) {
  const redis = await startRedis({ appendonly: true })
  const folder = await mkdtemp(join(tmpdir(), 'netpulse-cluster-'))
  const shared = { redis: { url: redis.url }, keyringFile: join(folder, 'keyring.json') }
  const processes = []
  const start = async (role, options) => {
    const settings = { role, store: join(folder, `${role}-${processes.length}`), ...shared, ...options }
    const child = fork(script, [JSON.stringify(settings)], { execArgv: ['--expose-gc'] })
    processes.push(child)
    const [told] = await once(child, 'message')
    return { ...told, child, ask: (question) => ask(child, question) }
  }
  const controllersStarted = []
  for (let count = 0; count < controllers; count++) controllersStarted.push(await start('controller', {}))
  const workersStarted = []
  for (const options of workers) workersStarted.push(await start('worker', options))
  return {
    redis,
    controllers: controllersStarted,
    workers: workersStarted,
    startWorker: (options) => start('worker', options),
    async stop() {
      for (const child of processes) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        child.disconnect()
        await once(child, 'exit')
      }
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function ask(child, question) {
  child.send(question)
  const [answer] = await once(child, 'message')
  return answer
}
