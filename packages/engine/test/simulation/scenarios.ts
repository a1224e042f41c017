import type { DeviceKind } from './net/sim-device.js'
import { Random } from './world/random.js'
import type { Scenario, SimAction, SimFault, SimJob } from './world/scenario.js'

export const deviceKinds: readonly DeviceKind[] = ['live', 'candidate', 'confirmed']

type JobPart = Partial<SimJob> & Pick<SimJob, 'type'>

/** Lines of a job, each of its own, so that a device can count them. */
function linesOf(name: string, type: SimJob['type'], count: number, badAt = -1): readonly string[] {
  const word = { config: 'line', opaque: 'do', query: 'show', fifo: 'show' }[type]
  return Array.from({ length: count }, (_, index) => `${word} ${index === badAt ? 'bad ' : ''}${name}.${index}`)
}

const jobOf = (part: JobPart, index: number): SimJob => {
  const name = `j${index + 1}`
  return { atMs: 300 + index * 5, name, host: 'r1', lines: linesOf(name, part.type, 2), user: 'admin', ...part }
}

/** Scenarios in which a crash is tried at every step, with two nodes and one or two controllers. */
const fixed: readonly { name: string; jobs: readonly JobPart[]; actions?: readonly SimAction[] }[] = [
  {
    name: 'a push with save, between two queries',
    jobs: [{ type: 'query' }, { type: 'config', save: true }, { type: 'query' }],
  },
  {
    name: 'two pushes and a command of unknown effect',
    jobs: [{ type: 'config' }, { type: 'opaque' }, { type: 'config' }],
  },
  {
    name: 'a push that is refused, two users, a query of its own',
    jobs: [
      { type: 'config', lines: ['line j1.0', 'line bad j1.1'] },
      { type: 'fifo' },
      { type: 'query', user: 'other' },
    ],
  },
  {
    name: 'a push that is canceled while it runs, one that waits and expires',
    jobs: [{ type: 'config' }, { type: 'config', ttlSeconds: 1 }],
    actions: [{ atMs: 380, type: 'cancel', job: 'j1' }],
  },
]

export const fixedScenarios: readonly Scenario[] = fixed.flatMap(({ name, jobs, actions }) =>
  deviceKinds.map((kind) => ({
    name: `${name}; ${kind}`,
    seed: 1,
    nodes: 2,
    controllers: 1,
    devices: [{ host: 'r1', kind }],
    jobs: jobs.map(jobOf),
    actions: actions ?? [],
    faults: [],
    capacity: 10,
    idleTimeoutSeconds: 600,
    latencyMs: 4,
    workMs: 20,
  })),
)

/** What can be done to a process at each of its steps. */
export const stepFaults = {
  crash: { type: 'crash' },
  'crash and restart': { type: 'crash', restartMs: 2_000 },
  'pause within the lease': { type: 'pause', forMs: 4_000, wakes: 'as it came' },
  'pause, timers first': { type: 'pause', forMs: 14_000, wakes: 'timers first' },
  'pause, answers first': { type: 'pause', forMs: 14_000, wakes: 'answers first' },
  'short cut': { type: 'cut', forMs: 4_000, how: 'refuse' },
  cut: { type: 'cut', forMs: 14_000, how: 'hang' },
  'lost answer': { type: 'lose_answer' },
} as const

export type FaultName = keyof typeof stepFaults

/** A scenario of a seed: other jobs, other timing, other trouble with each. */
export function scenarioOf(seed: number): Scenario {
  const random = new Random(seed)
  const nodes = random.int(2, 3)
  const controllers = random.int(1, 2)
  const hosts = Array.from({ length: random.int(1, 3) }, (_, index) => `r${index + 1}`)
  const jobs = Array.from({ length: random.int(2, 8) }, (_, index) => randomJob(random, index, hosts))
  return {
    name: `seed ${seed}`,
    seed,
    nodes,
    controllers,
    devices: hosts.map((host) => ({ host, kind: random.pick(deviceKinds) })),
    jobs,
    actions: randomActions(random, jobs),
    faults: Array.from({ length: random.int(1, 3) }, () => randomFault(random, nodes, controllers)),
    capacity: random.pick([1, 2, 10]),
    idleTimeoutSeconds: random.pick([1, 3, 600]),
    latencyMs: random.pick([1, 5, 50]),
    workMs: random.pick([5, 50, 1_000]),
  }
}

function randomJob(random: Random, index: number, hosts: readonly string[]): SimJob {
  const name = `j${index + 1}`
  const type = random.pick(['query', 'fifo', 'opaque', 'config', 'config', 'config'] as const)
  const count = random.int(1, 4)
  return {
    atMs: random.pick([300, 300 + random.int(0, 200), random.int(300, 12_000)]),
    name,
    host: random.pick(hosts),
    type,
    lines: linesOf(name, type, count, random.chance(0.15) ? random.int(0, count - 1) : -1),
    user: random.pick(['admin', 'admin', 'other']),
    ...(random.chance(0.3) ? { save: true } : {}),
    ...(random.chance(0.1) ? { ttlSeconds: random.int(1, 5) } : {}),
  }
}

function randomActions(random: Random, jobs: readonly SimJob[]): readonly SimAction[] {
  const actions: SimAction[] = []
  for (const { name, atMs, host } of jobs) {
    if (random.chance(0.15)) actions.push({ atMs: atMs + random.int(5, 600), type: 'cancel', job: name })
    if (random.chance(0.08)) actions.push({ atMs: atMs + random.int(5, 600), type: 'hang_up', host })
  }
  if (random.chance(0.2)) actions.push({ atMs: random.int(300, 8_000), type: 'drain', process: 'n1' })
  if (random.chance(0.2)) actions.push({ atMs: random.int(300, 8_000), type: 'end_worker', host: jobs[0]!.host })
  return actions
}

function randomFault(random: Random, nodes: number, controllers: number): SimFault {
  const isNode = random.chance(0.85)
  // The last node never dies for good, so that somebody can take over.
  const process = isNode ? `n${random.int(1, nodes)}` : `c${random.int(1, controllers)}`
  const isLast = process === `n${nodes}` || process === 'c1'
  const when = random.chance(0.7) ? { step: random.int(1, 160) } : { atMs: random.int(100, 10_000) }
  const forMs = random.pick([random.int(100, 5_000), random.int(5_000, 13_000), random.int(13_000, 25_000)])
  switch (random.pick(['crash', 'crash', 'pause', 'pause', 'cut', 'cut', 'lose_answer', 'clock_step'] as const)) {
    case 'crash': {
      const restart = isLast || random.chance(0.5) ? { restartMs: random.int(500, 12_000) } : {}
      return { process, ...when, type: 'crash', ...restart }
    }
    case 'pause':
      return {
        process,
        ...when,
        type: 'pause',
        forMs,
        wakes: random.pick(['timers first', 'answers first', 'as it came']),
      }
    case 'cut':
      return { process, ...when, type: 'cut', forMs, how: random.pick(['refuse', 'hang']) }
    case 'lose_answer':
      return { process, step: random.int(1, 160), type: 'lose_answer' }
    case 'clock_step':
      // A controller's clock is what its clients' times are measured by.
      return {
        process: isNode ? process : 'n1',
        ...when,
        type: 'clock_step',
        byMs: random.pick([-3_600_000, 3_600_000, -2_000]),
      }
  }
}
