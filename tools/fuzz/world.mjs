import { readFile } from 'node:fs/promises'
import { startSimulator } from '@netpulse/simulator'
import { startRedis } from '../test/redis-server.mjs'
import { startServer } from '../test/server-process.mjs'
import { startWorker } from '../test/worker-process.mjs'
import { Known } from './known.mjs'
import { LeakWatch, marker } from './marker.mjs'
import { startReceiver } from './receiver.mjs'

const platforms = ['cisco_iosxe', 'cisco_iosxe', 'juniper_junos', 'arista_eos', 'huawei_vrp'].flatMap((name) => [
  name,
  name,
  name,
])

/** Resident memory of a process in MiB. Linux. */
async function memoryOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 1024
}

const environment = (more) => ({
  NETPULSE_LOG__LEVEL: 'debug',
  NETPULSE_LIMITS__FAILED_LOGINS_PER_MINUTE: '0',
  NETPULSE_JOB__TIMEOUT: '5',
  NETPULSE_WEBHOOKS__ALLOW: '127.0.0.1',
  NETPULSE_CREDENTIALS__PROVIDERS: JSON.stringify({ env: { plugin: 'env' } }),
  NETPULSE_CRED_ROUTERS_USERNAME: 'netops',
  NETPULSE_CRED_ROUTERS_PASSWORD: `${marker}env`,
  ...more,
})

/** Mostly telnet: a login by SSH costs both sides more than all else of a request. */
async function startDevices(simulator) {
  const devices = []
  for (const [index, platform] of platforms.entries()) {
    const password = `${marker}${index}`
    const login = { username: 'netops', password, secret: password }
    const isSsh = index === 0
    const spec = { name: `d${index}`, platform, ...login, privilege: 1, ...(isSsh ? {} : { telnetPort: 0 }) }
    const device = await simulator.add(spec)
    const address = isSsh ? { port: device.port } : { port: device.telnetPort, transport: 'telnet' }
    devices.push({ host: device.host, ...address, device_type: platform, ...login })
  }
  return devices
}

/** Servers of one kind: one process, or a controller with a worker on Redis. */
async function startFleet(kind, log) {
  if (kind === 'embedded') return { parts: [], server: await startServer({ env: environment(), log }) }
  const redis = await startRedis()
  const parts = [redis]
  try {
    const server = await startServer({ env: environment({ NETPULSE_REDIS__URL: redis.url }), log })
    parts.unshift(server)
    const keyring = `${server.folder}/keyring.json`
    const env = environment({ NETPULSE_REDIS__URL: redis.url, NETPULSE_KEYRING_FILE: keyring })
    const worker = await startWorker({ args: ['--processes', '1'], env })
    return { parts: [worker, redis], server, worker }
  } catch (error) {
    for (const part of parts) await part.stop()
    throw error
  }
}

/** Simulated devices, a receiver of webhooks, and a server to be tried. */
export async function startWorld(kind) {
  const simulator = await startSimulator()
  const receiver = await startReceiver()
  const log = new LeakWatch(() => world.known?.secrets ?? [])
  const errors = new Set()
  const look = (text) => {
    log.look(text)
    for (const line of text.split('\n')) if (line.includes('"level":50')) errors.add(line.slice(0, 600))
  }
  const world = { devices: await startDevices(simulator), receiver, log, errors }
  const { server, worker, parts } = await startFleet(kind, look)
  return Object.assign(world, {
    key: server.key,
    url: server.url,
    known: new Known(server.key),
    server,
    memory: () => memoryOf(server.pid),
    /** What the worker said; the server's log is looked at as it comes. */
    readWorkerLog() {
      if (worker !== undefined) look(worker.output.stdout + worker.output.stderr)
    },
    async stop() {
      await server.stop()
      for (const part of parts) await part.stop()
      await Promise.all([simulator.stop(), receiver.stop()])
    },
  })
}
