import { allSucceed, pushEnds, silentAfter } from '../expectations.mjs'
import { clockLibrary } from '../fleet.mjs'
import { midPush, strikeAt } from '../moments.mjs'
import { submit, warm } from '../work.mjs'
import { iosAndJunos } from './kills.mjs'

/** Longer than a lease and the time in which its loss is found. */
const awayMs = 20_000
/** What a node may still do wrong when it comes back shows within this time. */
const watchMs = 5_000

/** Sessions that are open now on the devices that this worker holds. */
const sessionsOf = (world, holders, worker) =>
  new Map(
    world.devices
      .filter((device) => holders.get(device).worker === worker)
      .map((device) => [device, world.witnesses.get(device).openOf(device.username)]),
  )

function pausedWorker() {
  let resumedAt = Infinity
  let sessions = new Map()
  const isSilent = silentAfter(() => resumedAt, { [Symbol.iterator]: () => sessions[Symbol.iterator]() })
  return {
    name: 'a worker is paused for longer than its lease, and goes on',
    platforms: ['cisco_iosxe', 'juniper_junos', 'cisco_iosxe', 'juniper_junos'],
    // The paused process cannot close its session: the device has it open beside that of the next holder.
    sessionLimit: 2,
    async strike(world) {
      const holders = await warm(world)
      const { worker } = holders.get(world.devices[0])
      world.later(awayMs, () => {
        resumedAt = Date.now()
        return worker.resume()
      })
      world.later(awayMs + watchMs, () => undefined)
      return strikeAt(world, midPush, async () => {
        await worker.pause()
        sessions = sessionsOf(world, holders, worker)
      })
    },
    expect: (world, report) => [...pushEnds('unknown')(world, report), ...isSilent(world)],
  }
}

const cutOff = {
  name: 'a worker is cut off from Redis, not from the devices',
  platforms: iosAndJunos,
  // It closes its sessions before the next holder opens one.
  sessionLimit: 1,
  async strike(world) {
    const holders = await warm(world)
    const { worker } = holders.get(world.devices[0])
    world.later(awayMs, () => worker.proxy.mend())
    world.later(awayMs + watchMs, () => undefined)
    // Long enough to be under way still when the worker stops by itself.
    return strikeAt(world, midPush, () => worker.proxy.cut(), { count: 2000 })
  },
  expect: pushEnds('unknown'),
}

const clockSteps = (seconds) => ({
  name: `the wall clock of a worker is set ${Math.abs(seconds)} s ${seconds < 0 ? 'back' : 'forward'}, and back again`,
  skip: clockLibrary === undefined ? 'libfaketime is not installed (apt-get install faketime)' : undefined,
  platforms: iosAndJunos,
  hasClock: true,
  async strike(world) {
    const holders = await warm(world)
    const { worker } = holders.get(world.devices[0])
    const faultAt = await strikeAt(world, midPush, () => worker.clock.step(seconds), { count: 200 })
    await worker.clock.step(0)
    return faultAt
  },
  // Leases go by clocks that nobody sets: nothing is to come of it.
  expect: allSucceed,
})

const stops = {
  name: 'a worker is stopped in peace while work is under way',
  platforms: iosAndJunos,
  async strike(world) {
    const holders = await warm(world)
    const { worker } = holders.get(world.devices[0])
    return strikeAt(world, midPush, () => void worker.stop())
  },
  expect: allSucceed,
}

const cancels = {
  name: 'jobs expire and are canceled while a push is under way',
  platforms: ['cisco_iosxe'],
  async strike(world) {
    await warm(world)
    const wishes = { count: 1000 }
    const faultAt = await strikeAt(world, midPush, () => undefined, wishes)
    const [device] = world.devices
    const late = await submit(world, { device, mark: 'late', config: 2, ttl: 1 })
    const canceled = await submit(world, { device, mark: 'canceled', config: 2 })
    await world.observer.call('DELETE', `/jobs/${canceled.id}`)
    await world.observer.get(`/jobs/${late.id}?wait=20`)
    const running = world.accepted.find(({ mark }) => mark === 'a0')
    await world.observer.call('DELETE', `/jobs/${running.id}`)
    return faultAt
  },
  expect: (world, { jobs, ends }) => {
    const late = jobs.find(({ status }) => status === 'expired')
    const told = late === undefined ? ['no job has expired'] : []
    return (ends['canceled/canceled'] ?? 0) === 1 ? told : [...told, `canceled jobs: ${JSON.stringify(ends)}`]
  },
}

export const nodes = [pausedWorker(), cutOff, clockSteps(3600), clockSteps(-7200), stops, cancels]
