import { once } from 'node:events'
import { check } from './checker.mjs'
import { randomOf } from './random.mjs'
import { openWorld, submitIfTaken } from './world.mjs'

const platforms = ['cisco_iosxe', 'juniper_junos', 'cisco_iosxe', 'juniper_junos', 'cisco_iosxe', 'cisco_iosxe']

/** Submits, cancels, kills, pauses and cuts in an order that follows from the seed, for so many seconds. */
export async function soak({ seed, seconds }) {
  const random = randomOf(seed)
  const world = await openWorld({ platforms, workers: 3 })
  try {
    const until = Date.now() + seconds * 1000
    const done = {}
    for (let step = 0; Date.now() < until; step++) {
      const act = pickAct(random)
      done[act.name] = (done[act.name] ?? 0) + 1
      await act(world, random, step)
      await new Promise((resolve) => setTimeout(resolve, random.below(200)))
    }
    const faultAt = Date.now()
    // Faults of the last moments may still be under way: a pause, a worker that starts.
    const result = await check(world, { faultAt, limitSeconds: 60 })
    return { ...result, jobs: world.accepted.length, done }
  } finally {
    await world.stop()
  }
}

const chances = [
  [60, push],
  [60, query],
  [10, cancel],
  [6, killWorker],
  [4, pauseWorker],
  [4, cutWorker],
  [1, restartRedis],
]

function pickAct(random) {
  let left = random.below(chances.reduce((sum, [chance]) => sum + chance, 0))
  return chances.find(([chance]) => (left -= chance) < 0)[1]
}

const anyDevice = (world, random) => random.pick(world.devices)

async function push(world, random, step) {
  await submitIfTaken(world, {
    device: anyDevice(world, random),
    mark: `s${step}`,
    config: 1 + random.below(60),
    controller: random.below(2),
  })
}

async function query(world, random, step) {
  const strategy = random.pick(['pinned', 'fifo'])
  await submitIfTaken(world, {
    device: anyDevice(world, random),
    mark: `q${step}`,
    strategy,
    controller: random.below(2),
  })
}

async function cancel(world, random) {
  if (world.accepted.length > 0) await world.eye.cancel(random.pick(world.accepted).id).catch(() => undefined)
}

const running = (world) => world.workers.filter(({ child }) => child.exitCode === null && child.signalCode === null)

async function killWorker(world, random) {
  const worker = random.pick(running(world))
  const exited = once(worker.child, 'exit')
  worker.child.kill('SIGKILL')
  await exited
  world.workers.push(await world.startWorker())
}

async function pauseWorker(world, random) {
  const { child } = random.pick(running(world))
  child.kill('SIGSTOP')
  setTimeout(() => child.kill('SIGCONT'), 1000 + random.below(15_000))
}

async function cutWorker(world, random) {
  const { proxy } = random.pick(running(world))
  proxy.cut()
  setTimeout(() => proxy.mend(), 1000 + random.below(15_000))
}

async function restartRedis(world) {
  await world.redis.kill()
  await world.redis.restart()
}
