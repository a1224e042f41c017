import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createNetPulse } from '@netpulse/engine'
import { startSimulator } from '@netpulse/simulator'
import { clientOf } from '../test/cluster/client.mjs'
import { startCluster } from '../test/cluster/cluster.mjs'
import { startProxy } from './proxy.mjs'

/** Stands in every device's password: nothing that is stored or logged may hold it. */
export const canary = 'canary-9f3b'

const appDir = fileURLToPath(new URL('../../apps/server', import.meta.url))

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Two controllers and some workers on one Redis, each worker behind a proxy of its own, and simulated devices that count
 * every line. The harness looks at the jobs through a controller of its own that no fault strikes.
 */
export async function openWorld({ platforms, workers = 2, leaseSeconds = 9, thinkTimeMs = 5 }) {
  const simulator = await startSimulator({
    devices: platforms.map((platform, index) => ({
      name: `d${index}`,
      platform,
      thinkTimeMs,
      password: `${canary}-pw-${index}`,
      accept: [/^ip host /, /^set system static-host-mapping /],
      ...(platform === 'cisco_iosxe' ? { secret: `${canary}-en-${index}` } : {}),
    })),
  })
  const cluster = await startCluster({ controllers: [{ leaseSeconds }, { leaseSeconds }], workers: [] })
  const proxies = []
  const startWorker = async () => {
    const proxy = await startProxy({ host: '127.0.0.1', port: cluster.redis.port })
    proxies.push(proxy)
    const worker = await cluster.startWorker({ leaseSeconds, redis: { url: proxy.url } })
    return Object.assign(worker, { proxy })
  }
  const started = []
  for (let count = 0; count < workers; count++) started.push(await startWorker())
  const eye = await createNetPulse({
    ...cluster.shared,
    store: join(cluster.folder, 'eye'),
    work: 'none',
    leaseSeconds,
    appDir,
    logger: silent,
  })
  const clients = cluster.controllers.map(clientOf)
  return {
    ...cluster,
    devices: simulator.devices,
    workers: started,
    startWorker,
    eye,
    clients,
    accepted: [],
    /** The worker process that holds the device, as the cluster tells it. */
    holderOf: async (device) => holderOf(await eye.workers(), started, device),
    async stop() {
      for (const client of clients) client.close()
      await eye.close()
      for (const proxy of proxies) proxy.close()
      await cluster.stop()
      await simulator.stop()
    },
  }
}

/** What a node reports comes with its heartbeat; whoever started the device's job is in the job at once. */
function holderOf(reports, workers, device) {
  const report = reports.find((one) => one.type === 'pinned' && one.device === device.name)
  return report && workers.find(({ child }) => child.pid === report.node.pid)
}

export const connectionArgs = ({ name, platform, host, port, username, password, secret }) => ({
  device_type: platform,
  host,
  port,
  username,
  password,
  device: name,
  ...(platform === 'cisco_iosxe' ? { secret } : {}),
})

const prefixOf = { cisco_iosxe: 'ip host', juniper_junos: 'set system static-host-mapping' }

/** Config lines that say which job they are of: the device's own count shows whether one came twice. */
export function configLines({ platform }, mark, count) {
  return Array.from(
    { length: count },
    (_, line) =>
      `${prefixOf[platform]} ${mark}-l${line} ${platform === 'juniper_junos' ? 'inet 192.0.2.1' : '192.0.2.1'}`,
  )
}

/** Submits through a controller and notes what was accepted. */
export async function submit(world, { device, mark, config = 0, strategy = 'pinned', controller = 0 }) {
  const lines = config > 0 ? configLines(device, mark, config) : []
  const work = config > 0 ? { config: lines } : { command: 'show version' }
  const body = {
    driver: 'cli',
    connection_args: connectionArgs(device),
    queue_strategy: strategy,
    ttl: 600,
    result_ttl: 3600,
    ...work,
  }
  const { id } = await world.clients[controller].post('/device/exec', body)
  const job = { id, device, lines, mark }
  world.accepted.push(job)
  return job
}

/**
 * As `submit`, while faults strike: a controller may say 429 or 503, or be dead. What it has not acknowledged counts as not
 * accepted.
 */
export async function submitIfTaken(world, wish) {
  try {
    return await submit(world, wish)
  } catch (error) {
    if (!/: (429|503) |ECONNREFUSED|ECONNRESET|socket hang up/.test(error.message)) throw error
    return undefined
  }
}

/** Every byte that is kept or was logged: Redis' append-only files and the logs of all processes. */
export async function everythingWritten({ redis, members }) {
  const texts = members.map(({ log }) => log)
  for (const file of await readdir(redis.folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) texts.push((await readFile(join(file.parentPath ?? file.path, file.name))).toString('latin1'))
  }
  return texts
}
