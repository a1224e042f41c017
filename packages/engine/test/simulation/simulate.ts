import type { Clock } from '@netpulse/core'
import type { QueueBackend } from '@netpulse/queue'
import { createInProcessBackend, decideLostJob } from '@netpulse/queue'
import { nodeTimesOf } from '../../src/work/node-times.js'
import type { Sabotage } from './sabotage.js'
import type { FaultName } from './scenarios.js'
import { scenarioOf, stepFaults } from './scenarios.js'
import type { RunReport } from './world/run.js'
import { runScenario } from './world/run.js'
import type { Scenario } from './world/scenario.js'
import { VirtualClock } from './world/virtual-clock.js'

export interface SimulateOptions {
  readonly sabotage?: Sabotage
  /** Time beyond that of a single kill: several faults, slow devices, retries. Milliseconds. @defaultValue 0 */
  readonly slackMs?: number
  /** @defaultValue a store in memory */
  readonly openStore?: OpenRunStore
}

/** Lease of `createNetPulse` by default. */
const leaseSeconds = 9
const seedSlackMs = 20_000

/** A store for one run. */
export interface RunStore {
  readonly backend: QueueBackend
  readonly openBackend?: () => Promise<QueueBackend>
  readonly settleStore?: () => Promise<void>
  stop(): Promise<void>
}

/** Opens a store for one run, empty, whose time is the clock's. */
export type OpenRunStore = (options: { readonly clock: Clock; readonly leaseTtlMs: number }) => Promise<RunStore>

/** One store in memory that all processes of a run use. */
export const memoryStore: OpenRunStore = async (options) => {
  const backend = createInProcessBackend({ store: 'memory:', ...options })
  await backend.start()
  return { backend, stop: () => backend.stop() }
}

/** Plays one scenario on a store of its own. */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<RunReport> {
  const { sabotage = {}, slackMs = 0, openStore = memoryStore } = options
  const clock = new VirtualClock()
  const times = { ...nodeTimesOf(leaseSeconds), ...sabotage.times }
  const { backend, stop, ...store } = await openStore({ clock, leaseTtlMs: sabotage.leaseMs ?? times.leaseMs })
  try {
    const parts = {
      ...store,
      clock,
      times,
      backend: sabotage.backend?.(backend) ?? backend,
      decideLostJob: sabotage.decideLostJob ?? ((job) => decideLostJob(job, { afterUnknownOutcome: 'hold' })),
    }
    return await runScenario(scenario, parts, slackMs)
  } finally {
    await stop()
  }
}

/** Plays the scenario of a seed. */
export const simulateSeed = (seed: number, options: SimulateOptions = {}): Promise<RunReport> =>
  simulate(scenarioOf(seed), { slackMs: seedSlackMs, ...options })

/** The scenario once for each step that the process takes in it without a fault, with the fault at that step. */
export async function atEveryStep(scenario: Scenario, process: string, fault: FaultName): Promise<readonly Scenario[]> {
  const report = await simulate(scenario)
  if (report.violations.length > 0) throw new Error(`Without a fault: ${describeRun(report)}`)
  return Array.from({ length: report.steps.get(process) ?? 0 }, (_, index) => ({
    ...scenario,
    faults: [{ process, step: index + 1, ...stepFaults[fault] }],
  }))
}

/** A run to be read by people: what was broken, and everything that happened. */
export function describeRun({ scenario, violations, trace }: RunReport): string {
  const broken = violations.map(({ invariant, message }) => `${invariant}: ${message}`)
  return [scenario.name, `faults: ${JSON.stringify(scenario.faults)}`, ...broken, ...trace].join('\n')
}
