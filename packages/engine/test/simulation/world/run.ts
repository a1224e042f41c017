import type { JobEvent } from '@netpulse/core'
import type { Violation } from '../check/findings.js'
import { violationsOf } from '../check/invariants.js'
import type { Scenario } from './scenario.js'
import type { SimulationParts } from './simulation.js'
import { Simulation } from './simulation.js'
import { startMs } from './virtual-clock.js'

export interface RunReport {
  readonly scenario: Scenario
  readonly violations: readonly Violation[]
  /** What happened, step by step. */
  readonly trace: readonly string[]
  /** Steps of each process's last life. */
  readonly steps: ReadonlyMap<string, number>
  readonly faults: number
  /** Jobs by outcome. */
  readonly outcomes: ReadonlyMap<string, number>
  /** Longest time from the last fault to the end of the last job that was not held. Milliseconds. */
  readonly settledAfterMs: number
}

/** Time in which everything has to have ended after the last fault. Milliseconds of virtual time. */
const promiseMs = 15_000
/** Between two looks at whether all has ended. */
const lookMs = 500
/** A run goes on for a while after its last job: a stale holder must have its chance. */
const afterMs = 2_000
/** Rounds in which an operator releases every hold. */
const releaseRounds = 8

/** Plays a scenario to its end and says which promises were broken. */
export async function runScenario(scenario: Scenario, parts: SimulationParts, slackMs = 0): Promise<RunReport> {
  const simulation = new Simulation(scenario, parts)
  simulation.begin()
  const late: Violation[] = []
  const plannedMs = Math.max(0, ...[...scenario.jobs, ...scenario.actions].map(({ atMs }) => atMs))
  const { faults, clients } = simulation
  const troubleMs = (): number => Math.max(plannedMs, faults.lastEndMs, clients.lastMs)
  for (;;) {
    await simulation.runUntil(simulation.nowMs + lookMs)
    const isOver = simulation.nowMs > troubleMs() + afterMs && clients.pending === 0
    if (isOver && !(await simulation.hasOpenJobs())) break
    if (simulation.nowMs - troubleMs() > promiseMs + slackMs) {
      late.push(...(await lateJobs(simulation)))
      break
    }
  }
  const releases = await releaseAll(simulation)
  // The last answers are on their way.
  await simulation.runUntil(simulation.nowMs + afterMs)
  return report(simulation, { late, releases, troubleMs: troubleMs() })
}

async function lateJobs(simulation: Simulation): Promise<readonly Violation[]> {
  const held = new Set((await simulation.backend.holds.list()).map(({ device }) => device))
  const open = await simulation.openJobs()
  return open
    .filter(({ deviceId, kind }) => !held.has(deviceId) || kind === 'query')
    .map(({ tags, status }) => ({ invariant: 'I4', message: `${tags[0]} is ${status}, too long after the last fault` }))
}

/** What waited for a verification ends as well. */
async function releaseAll(simulation: Simulation): Promise<{ host: string; afterSequence: number }[]> {
  const releases: { host: string; afterSequence: number }[] = []
  for (let round = 0; round < releaseRounds && (await simulation.hasOpenJobs()); round++) {
    const afterSequence = (await simulation.events()).at(-1)?.sequence ?? 0
    for (const { device } of await simulation.backend.holds.list()) {
      releases.push({ host: device, afterSequence })
      await simulation.backend.holds.release(device)
    }
    await simulation.runUntil(simulation.nowMs + promiseMs)
  }
  return releases
}

interface Ends {
  readonly late: readonly Violation[]
  readonly releases: { host: string; afterSequence: number }[]
  readonly troubleMs: number
}

/** From the last trouble to the last end of a job for which nobody had to release a hold. */
function settledAfter({ releases, troubleMs }: Ends, events: readonly JobEvent[]): number {
  const until = releases[0]?.afterSequence ?? Infinity
  const ends = events.filter(({ type, sequence }) => type === 'ended' && sequence <= until)
  return Math.max(0, ...ends.map(({ at }) => at.getTime() - startMs - troubleMs))
}

async function report(simulation: Simulation, ends: Ends): Promise<RunReport> {
  const { late, releases } = ends
  const { scenario, devices, clients, machines, wire, faults } = simulation
  const records = await simulation.records()
  const events = await simulation.events()
  const { accepted, canceled, told, waiting } = clients
  const findings = { scenario, records, events, devices, canceled, told, releases, accepted: [...accepted.keys()] }
  const untold = [...waiting].filter(([, process]) => process.isUp)
  const violations: Violation[] = [
    ...late,
    ...violationsOf(findings),
    ...untold.map(([name]) => ({ invariant: 'I1', message: `${name}: a client still waits for its end` })),
    ...machines.bugs.map((message) => ({ invariant: 'bug', message })),
  ]
  const outcomes = new Map<string, number>()
  for (const { outcome } of records) outcomes.set(outcome ?? 'open', (outcomes.get(outcome ?? 'open') ?? 0) + 1)
  const steps = new Map(machines.all.map(({ base, steps: count }) => [base, count]))
  simulation.end()
  return {
    scenario,
    violations,
    trace: wire.trace,
    steps,
    faults: faults.struck,
    outcomes,
    settledAfterMs: settledAfter(ends, events),
  }
}
