import { once } from 'node:events'
import { submit, submitIfTaken } from './world.mjs'

const iosAndJunos = ['cisco_iosxe', 'juniper_junos']

/** Long enough that a kill after its first lines comes in the middle. */
const pushLines = 40

/** Ends the process at this very moment. */
async function kill({ child }) {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** A session that serves the device already, so that its holder is known. */
async function warm(world, devices) {
  for (const device of devices) {
    const { id } = await submit(world, { device, mark: 'warm' })
    await world.eye.wait(id)
  }
  return workersOf(world, devices)
}

/** Holders as the first heartbeat after the warm-up tells them. */
async function workersOf(world, devices) {
  const holders = new Map()
  const limit = AbortSignal.timeout(30_000)
  while (holders.size < devices.length) {
    limit.throwIfAborted()
    for (const device of devices) {
      const holder = await world.holderOf(device)
      if (holder !== undefined) holders.set(device, holder)
    }
  }
  return holders
}

/** Work that is under way while the fault strikes: changes, changes behind them, and queries of both strategies. */
async function load(world, { pushes = world.devices, count = pushLines } = {}) {
  for (const [index, device] of pushes.entries()) {
    await submitIfTaken(world, { device, mark: `a${index}`, config: count, controller: index % 2 })
    await submitIfTaken(world, { device, mark: `b${index}`, config: 3, controller: 0 })
    await submitIfTaken(world, { device, mark: `q${index}`, controller: 1 })
    await submitIfTaken(world, { device, mark: `f${index}`, strategy: 'fifo', controller: 1 })
  }
}

const isConfigMode = ({ line }) => /^(conf|edit|configure)/.test(line.trim())

/** Moments of a push at which its worker dies, as the device sees them. */
const killPoints = {
  'after the lease, at the first byte': (device) => device.next('connection'),
  'after the login': (device) => device.next('login'),
  'when config mode is entered': (device) => device.next('line', isConfigMode),
  'between two lines': (device) => device.nextConfigLine(/-l7 /),
  'at the last line': (device) => device.nextConfigLine(new RegExp(`-l${pushLines - 1} `)),
  'at the commit': (device) => device.next('commit'),
}

const killAt = (point, platform) => ({
  name: `a worker is killed ${point} (${platform})`,
  platforms: [platform, platform],
  async strike(world) {
    const [device] = world.devices
    const isCold = point.startsWith('after')
    // A session that is open already never connects: such points are for a cold device.
    const holders = isCold ? new Map() : await warm(world, world.devices)
    return strikeAt(world, { device, moment: killPoints[point](device) }, async () =>
      kill(holders.get(device) ?? (await starterOf(world, device))),
    )
  },
})

/** Strikes at the moment while the work comes in; the device waits meanwhile, so that the moment does not pass. */
async function strikeAt(world, { device, moment, count }, strike) {
  const struck = moment.then(async () => {
    device.freeze()
    const faultAt = Date.now()
    await strike()
    device.thaw()
    return faultAt
  })
  await load(world, count === undefined ? {} : { count })
  return struck
}

/** A push is under way: some lines are on the device, the others are not. */
const midPush = ({ devices: [device] }) => ({ device, moment: device.nextConfigLine(/-l5 /) })

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** The worker that has started the device's job: the job's record names its node. */
async function starterOf(world, device) {
  const limit = AbortSignal.timeout(10_000)
  for (;;) {
    limit.throwIfAborted()
    const { items } = await world.eye.list({ host: device.host, status: ['started'] }, { limit: 100 })
    const job = items.find((one) => one.deviceId === device.name)
    const node = job?.node
    const report = (await world.eye.workers()).find((worker) => worker.node.node === node)
    const found = world.workers.find(({ child }) => child.pid === report?.node.pid)
    if (found !== undefined) return found
  }
}

/** The request in which a worker says that a job has ended well, on its way to Redis. */
const isEnding = (bytes) => bytes.includes('succeeded') && bytes.includes('finished')

const whileWriting = (arrives) => ({
  name: `a worker is killed while a result is written, which ${arrives ? 'arrives' : 'is lost'}`,
  platforms: iosAndJunos,
  async strike(world) {
    const holders = await warm(world, world.devices)
    const [device] = world.devices
    const holder = holders.get(device)
    const written = new Promise((resolve) => {
      holder.proxy.onSent((bytes) => {
        if (!isEnding(bytes)) return
        resolve()
        return arrives ? undefined : 'drop'
      })
    })
    const struck = written.then(async () => {
      const faultAt = Date.now()
      await kill(holder)
      return faultAt
    })
    await load(world, { count: 5 })
    return struck
  },
})

const controllerDies = {
  name: 'a controller is killed while it takes a bulk in',
  platforms: ['cisco_iosxe', 'cisco_iosxe', 'juniper_junos'],
  async strike(world) {
    await load(world)
    const [controller] = world.controllers
    const many = Array.from({ length: 200 }, (_, index) =>
      submitIfTaken(world, { device: world.devices[index % 3], mark: `k${index}`, controller: 0 }),
    )
    await Promise.race(many)
    await kill(controller)
    await Promise.allSettled(many)
    return Date.now()
  },
}

const redisRestarts = {
  name: 'Redis is killed and comes back from its append-only file',
  platforms: iosAndJunos,
  async strike(world) {
    await warm(world, world.devices)
    return strikeAt(world, midPush(world), async () => {
      await world.redis.kill()
      await world.redis.restart()
    })
  },
}

const redisStops = {
  name: 'Redis says nothing for 20 seconds',
  platforms: iosAndJunos,
  async strike(world) {
    await warm(world, world.devices)
    await strikeAt(world, midPush(world), async () => world.redis.pause())
    await pause(20_000)
    world.redis.resume()
    return Date.now()
  },
}

const workerPauses = {
  name: 'a worker is paused for longer than its lease, and goes on',
  platforms: iosAndJunos,
  async strike(world) {
    const holders = await warm(world, world.devices)
    const { child } = holders.get(world.devices[0])
    // It wakes up when the device's later changes have long run with the next holder.
    void pause(20_000).then(() => child.kill('SIGCONT'))
    return strikeAt(world, midPush(world), async () => child.kill('SIGSTOP'))
  },
  /** The old holder must have had the time to do harm. */
  settleMs: 25_000,
}

const workerIsCutOff = {
  name: 'a worker is cut off from Redis, not from the devices',
  platforms: iosAndJunos,
  async strike(world) {
    const holders = await warm(world, world.devices)
    const { proxy } = holders.get(world.devices[0])
    void pause(20_000).then(() => proxy.mend())
    return strikeAt(world, midPush(world), async () => proxy.cut())
  },
  settleMs: 22_000,
}

/** Every fault, with what it needs. `strike` answers with the instant of the fault. */
export const scenarios = [
  ...[
    'after the lease, at the first byte',
    'after the login',
    'when config mode is entered',
    'between two lines',
    'at the last line',
  ].flatMap((point) => iosAndJunos.map((platform) => killAt(point, platform))),
  killAt('at the commit', 'juniper_junos'),
  whileWriting(false),
  whileWriting(true),
  controllerDies,
  redisRestarts,
  redisStops,
  workerPauses,
  workerIsCutOff,
]
