import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createNetPulse } from '@netpulse/engine'
import { startSimulator } from '@netpulse/simulator'
import { unlessStruck } from './calls.mjs'
import { Fleet } from './fleet.mjs'
import { Witness } from './witness.mjs'
import { fifoUser } from './work.mjs'

/** Stands in every password and enable secret: nothing that is stored or logged may hold it. */
export const canary = 'canary-9f3b'

const appDir = fileURLToPath(new URL('../../apps/server', import.meta.url))

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Two controllers and some workers on one Redis, and simulated devices that count every line. The devices live in this
 * process, so that one stands still in the very moment in which a fault is to strike.
 */
export async function openWorld({ platforms, workers = 2, leaseSeconds = 9, thinkTimeMs = 5, ...options }) {
  const simulator = await startSimulator({
    devices: platforms.map((platform, index) => deviceSpec({ platform, index, thinkTimeMs })),
  })
  const fleet = await Fleet.start({ ...options, workers, leaseSeconds }).catch(async (error) => {
    await simulator.stop()
    throw error
  })
  return new World(simulator, fleet)
}

const deviceSpec = ({ platform, index, thinkTimeMs }) => ({
  name: `d${index}`,
  platform,
  thinkTimeMs,
  password: `${canary}-pw-${index}`,
  users: [{ username: fifoUser, password: `${canary}-once-${index}` }],
  accept: [/^ip host /, /^set system static-host-mapping /],
  ...(platform === 'cisco_iosxe' ? { secret: `${canary}-en-${index}` } : {}),
})

class World {
  /** Jobs that the API acknowledged. */
  accepted = []
  /** What goes on beside: faults that undo themselves later, workers that start. */
  pending = []
  /** Releases of held devices that were asked for, with the instants before. */
  releases = []
  #simulator

  constructor(simulator, fleet) {
    this.#simulator = simulator
    this.fleet = fleet
    this.devices = simulator.devices
    this.witnesses = new Map(simulator.devices.map((device) => [device, new Witness(device)]))
  }

  get redis() {
    return this.fleet.redis
  }

  /** The controller that no single fault strikes. */
  get observer() {
    return this.fleet.controllers[1]
  }

  /** Does something after a while, before the world is looked at. */
  later(ms, run) {
    this.track(new Promise((resolve) => setTimeout(resolve, ms)).then(run))
  }

  /** Something that goes on beside what comes next. */
  track(promise) {
    promise.catch(() => undefined) // told by `settled`
    this.pending.push(promise)
  }

  /** Waits for all that was put off. @throws what became of it */
  async settled() {
    while (this.pending.length > 0) await this.pending.shift()
  }

  /** Somebody says of all held devices, or of these, that they are as expected. */
  async release(devices) {
    const { observer } = this
    const held = devices ?? (await this.held())
    for (const device of held) {
      this.releases.push({ device, at: Date.now() })
      await unlessStruck(observer.call('DELETE', `/devices/${device}/hold`))
    }
  }

  /** Names of the held devices; none when nobody can tell. */
  async held() {
    const holds = await unlessStruck(this.observer.call('GET', '/devices/holds'))
    return holds?.status === 200 ? holds.json.map(({ device }) => device) : []
  }

  /** The worker and the node process that hold the device, as their heartbeat tells; `undefined`: none yet. */
  async holderOf(device) {
    const all = await this.observer.get('/workers')
    const report = all.find((one) => one.type === 'pinned' && one.device === device.name)
    return report && this.#workerOf(report.pid)
  }

  /** The worker and the node process that have started a job of the device: its record names the node. */
  async starterOf(device) {
    const jobs = await this.observer.get(`/jobs?status=started&host=${device.host}&limit=1000`)
    const job = jobs.find((one) => one.device === device.name)
    if (job === undefined) return undefined
    const all = await this.observer.get('/workers')
    const report = all.find((one) => one.node === job.node)
    return report && this.#workerOf(report.pid)
  }

  async #workerOf(pid) {
    for (const worker of this.fleet.living) if (await worker.has(pid)) return { worker, pid }
    return undefined
  }

  /** Looks at every job and event that is stored. Only when all have ended: it would take over lost jobs itself. */
  async withEye(look) {
    const { folder, redis } = this.fleet
    const eye = await createNetPulse({
      redis: { url: redis.url },
      keyringFile: join(folder, 'keyring.json'),
      store: join(folder, 'eye'),
      work: 'none',
      appDir,
      logger: silent,
    })
    try {
      return await look(eye)
    } finally {
      await eye.close()
    }
  }

  /** Every byte that is kept or was logged: Redis' files, with a dump of every key, and the logs of all processes. */
  async everythingWritten() {
    await dump(this.redis)
    const texts = [...this.fleet.logged]
    for (const file of await readdir(this.redis.folder, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) texts.push(await readFile(join(file.parentPath ?? file.path, file.name), 'latin1'))
    }
    return texts
  }

  async stop() {
    await this.settled().catch(() => undefined)
    await this.fleet.stop()
    await this.#simulator.stop()
  }
}

/** Writes every key into a file as plain bytes. */
async function dump({ host, port }) {
  const socket = connect(port, host)
  socket.end('CONFIG SET rdbcompression no\r\nSAVE\r\n')
  let answer = ''
  socket.on('data', (bytes) => (answer += bytes))
  await once(socket, 'close')
  if (answer !== '+OK\r\n+OK\r\n') throw new Error(`Redis did not dump its keys: ${answer}`)
}
