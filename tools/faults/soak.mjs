import { check } from './checker.mjs'
import { unlessStruck } from './calls.mjs'
import { randomOf } from './random.mjs'
import { submitIfTaken } from './work.mjs'
import { openWorld } from './world.mjs'

const platforms = ['cisco_iosxe', 'juniper_junos', 'cisco_iosxe', 'juniper_junos', 'cisco_iosxe', 'cisco_iosxe']
const workerCount = 3

/** After the last fault: several may have struck at once, and what waits behind held devices runs then. */
const limitSeconds = 60

/**
 * Submits, cancels, kills, pauses and cuts whose choice and order follow from the seed, for so many minutes. What the machine
 * makes of the order in time does not repeat.
 */
export async function soak({ seed, minutes }) {
  const random = randomOf(seed)
  const world = await openWorld({ platforms, workers: workerCount, processes: 2 })
  try {
    const until = Date.now() + minutes * 60_000
    const done = {}
    for (let step = 0; Date.now() < until; step++) {
      const act = pickAct(random)
      done[act.name] = (done[act.name] ?? 0) + 1
      await act(world, random, step)
      await new Promise((resolve) => setTimeout(resolve, random.below(60)))
    }
    await world.settled()
    // Each paused worker may have left a session open; it cannot close what it cannot run for.
    const expected = { faultAt: Date.now(), limitSeconds, sessionLimit: 1 + workerCount, mayQueriesFail: true }
    const { violations, takeOverSeconds, ends, jobs } = await check(world, expected)
    return { violations, takeOverSeconds, ends, jobs: jobs.length, done }
  } finally {
    await world.stop()
  }
}

const chances = [
  [150, push],
  [200, query],
  [30, cancel],
  [8, releaseHolds],
  [3, killWorker],
  [3, killSupervisor],
  [4, killNodes],
  [4, pauseWorker],
  [4, cutWorker],
  [2, killController],
  [1, restartRedis],
  [1, pauseRedis],
]

function pickAct(random) {
  let left = random.below(chances.reduce((sum, [chance]) => sum + chance, 0))
  return chances.find(([chance]) => (left -= chance) < 0)[1]
}

async function push(world, random, step) {
  const [device, config, controller] = [random.pick(world.devices), 1 + random.below(60), random.below(2)]
  world.track(submitIfTaken(world, { device, mark: `s${step}`, config, controller }))
}

async function query(world, random, step) {
  const [device, strategy, controller] = [random.pick(world.devices), random.pick(['pinned', 'fifo']), random.below(2)]
  world.track(submitIfTaken(world, { device, mark: `q${step}`, strategy, controller }))
}

async function cancel(world, random) {
  const { id } = world.accepted[random.below(world.accepted.length)] ?? {}
  if (id !== undefined) world.track(unlessStruck(world.observer.call('DELETE', `/jobs/${id}`)))
}

async function releaseHolds(world) {
  world.track(world.release())
}

async function killWorker(world, random) {
  await random.pick(world.fleet.living).killAll()
  await startAnother(world)
}

async function killSupervisor(world, random) {
  await random.pick(world.fleet.living).killSupervisor()
  await startAnother(world)
}

/** One is always there to be struck next. */
async function startAnother(world) {
  const { fleet } = world
  const started = untilStarted(() => fleet.startWorker())
  if (fleet.living.length > 0) world.track(started)
  else await started
}

async function killNodes({ fleet }, random) {
  await random.pick(fleet.living).killNodes()
}

async function pauseWorker(world, random) {
  const worker = random.pick(world.fleet.living)
  await worker.pause()
  world.later(1000 + random.below(15_000), () => worker.resume())
}

async function cutWorker(world, random) {
  const { proxy } = random.pick(world.fleet.living)
  proxy.cut()
  world.later(1000 + random.below(15_000), () => proxy.mend())
}

async function killController(world, random) {
  const controller = random.pick(world.fleet.controllers)
  if (controller.isStarting) return
  controller.isStarting = true
  world.track(untilStarted(() => controller.crash()).finally(() => (controller.isStarting = false)))
}

/** As a service manager does: a program that finds no Redis at its start ends, and is started again. */
async function untilStarted(start, tries = 5) {
  try {
    return await start()
  } catch (error) {
    if (tries === 1) throw error
    return untilStarted(start, tries - 1)
  }
}

async function restartRedis({ redis }) {
  await redis.kill()
  await redis.restart()
}

async function pauseRedis(world, random) {
  world.redis.pause()
  world.later(1000 + random.below(8000), () => world.redis.resume())
}
