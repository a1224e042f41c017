import { unlessStruck } from './calls.mjs'

/** The login of jobs with a connection of their own; the others use the device's first. */
export const fifoUser = 'once'

/** Long enough that a kill after its first lines comes in the middle. */
export const pushLines = 40

const prefixOf = { cisco_iosxe: 'ip host', juniper_junos: 'set system static-host-mapping' }

/** Config lines that say which job they are of: the device's own count shows whether one came twice. */
function configLines({ platform }, mark, count) {
  const value = platform === 'juniper_junos' ? 'inet 192.0.2.1' : '192.0.2.1'
  return Array.from({ length: count }, (_, line) => `${prefixOf[platform]} ${mark}-l${line} ${value}`)
}

/** Users of the device by strategy, so that each session shows whose it is. */
export const userOf = (device, strategy) => (strategy === 'fifo' ? fifoUser : device.username)

function connectionArgs(device, strategy) {
  const { name, platform, host, port, password, secret } = device
  const isOnce = strategy === 'fifo'
  return {
    device_type: platform,
    host,
    port,
    username: userOf(device, strategy),
    password: isOnce ? password.replace('-pw-', `-${fifoUser}-`) : password,
    device: name,
    ...(platform === 'cisco_iosxe' ? { secret } : {}),
  }
}

/** The request of one job: `config` lines of its own, or else a query whose answer names the device. */
export function requestOf({ device, mark, config = 0, strategy = 'pinned', ttl = 600 }) {
  const work = config > 0 ? { config: configLines(device, mark, config) } : { command: 'show version' }
  const args = connectionArgs(device, strategy)
  return { driver: 'cli', connection_args: args, queue_strategy: strategy, ttl, result_ttl: 3600, ...work }
}

/** Submits through a controller and notes what was accepted. */
export async function submit(world, { controller = 0, ...wish }) {
  const { id } = await world.fleet.controllers[controller].post('/device/exec', requestOf(wish))
  const job = { id, ...wish }
  world.accepted.push(job)
  return job
}

/** One job per wish in one request; notes those that were accepted. */
export async function submitBulk(world, { controller = 0, wishes }) {
  const devices = wishes.map((wish) => {
    const { connection_args, config, command } = requestOf(wish)
    return { ...connection_args, ...(config === undefined ? { command } : { config }) }
  })
  const body = { driver: 'cli', connection_args: {}, devices, queue_strategy: 'pinned', ttl: 600, result_ttl: 3600 }
  const { succeeded } = await world.fleet.controllers[controller].post('/device/bulk', body)
  for (const [index, { id }] of succeeded.entries()) world.accepted.push({ id, ...wishes[index] })
  return succeeded
}

/** As `submit`, while faults strike. What was not acknowledged counts as not accepted. */
export const submitIfTaken = (world, wish) => unlessStruck(submit(world, wish))

/**
 * Work that is under way while a fault strikes: changes, changes behind them, and queries of both strategies. `count`: lines
 * of the first device's push.
 */
export async function load(world, { count = pushLines, fifo = true } = {}) {
  for (const [index, device] of world.devices.entries()) {
    const config = index === 0 ? count : pushLines
    await submitIfTaken(world, { device, mark: `a${index}`, config, controller: index % 2 })
    await submitIfTaken(world, { device, mark: `b${index}`, config: 3 })
    await submitIfTaken(world, { device, mark: `q${index}`, controller: 1 })
    if (fifo) await submitIfTaken(world, { device, mark: `f${index}`, strategy: 'fifo', controller: 1 })
  }
}

/** A session that serves the device already, so that its holder is known. Answers with the holders by device. */
export async function warm(world) {
  for (const device of world.devices) {
    const { id } = await submit(world, { device, mark: 'warm' })
    await world.observer.get(`/jobs/${id}?wait=30`)
  }
  const holders = new Map()
  for (const device of world.devices) holders.set(device, await found(() => world.holderOf(device)))
  return holders
}

/** What a look finds, once it finds it. Within 20 seconds. */
export async function found(look) {
  const limit = AbortSignal.timeout(20_000)
  for (;;) {
    const value = await look()
    if (value !== undefined) return value
    limit.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
