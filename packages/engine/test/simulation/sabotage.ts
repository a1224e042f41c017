import type { NewJob } from '@netpulse/core'
import { decideLostJob } from '@netpulse/queue'
import type { JobStore, NodeRegistry, QueueBackend, SubmitOutcome } from '@netpulse/queue'
import type { FaultName } from './scenarios.js'
import type { SimulationParts } from './world/simulation.js'

/** A part of the product that is broken on purpose, to see that the simulation notices. */
export interface Sabotage {
  readonly times?: Partial<SimulationParts['times']>
  /** The store's own idea of a lease. Milliseconds. */
  readonly leaseMs?: number
  readonly decideLostJob?: SimulationParts['decideLostJob']
  readonly backend?: (real: QueueBackend) => QueueBackend
}

/** The methods of a part of the store, some of them in place of its own. */
const changed = <Part extends object>(part: Part, own: Partial<Part>): Part =>
  new Proxy(part, {
    get: (target, key) => {
      if (Object.hasOwn(own, key)) return own[key as keyof Part]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })

const withJobs = (own: (jobs: JobStore) => Partial<JobStore>) => (real: QueueBackend) =>
  changed(real, { jobs: changed(real.jobs, own(real.jobs)) })

const withNodes = (own: (nodes: NodeRegistry) => Partial<NodeRegistry>) => (real: QueueBackend) =>
  changed(real, { nodes: changed(real.nodes, own(real.nodes)) })

/** An answer as if the job were stored. */
const storedOf = (job: NewJob): SubmitOutcome => ({
  state: 'stored',
  job: {
    ...job,
    deviceId: job.request.device.id,
    status: 'queued',
    queue: '',
    attempt: 0,
    progress: [],
    cancelRequested: false,
  },
})

export interface NamedSabotage {
  readonly name: string
  /** The promise that it breaks. */
  readonly breaks: string
  /** What happens to node `n1`, at each of its steps. */
  readonly fault: FaultName
  readonly sabotage: Sabotage
}

export const sabotages: readonly NamedSabotage[] = [
  {
    name: 'a lost job that may have touched its device is run again',
    breaks: 'I3',
    fault: 'crash',
    sabotage: { decideLostJob: () => ({ action: 'requeue' }) },
  },
  {
    name: 'a lost job is said to have changed nothing',
    breaks: 'truth',
    fault: 'crash',
    sabotage: {
      decideLostJob: (job) => {
        const verdict = decideLostJob(job, { afterUnknownOutcome: 'hold' })
        if (verdict.action === 'requeue') return verdict
        return { action: 'end', ending: { ...verdict.ending, status: 'failed', outcome: 'failed' } }
      },
    },
  },
  {
    name: 'a node never fences itself',
    breaks: 'I2',
    fault: 'pause, timers first',
    sabotage: { times: { fenceMs: Infinity } },
  },
  {
    name: 'the store gives a device away before its holder has fenced itself',
    breaks: 'I2',
    fault: 'pause within the lease',
    sabotage: { leaseMs: 2_500 },
  },
  {
    name: 'nobody looks for lost nodes',
    breaks: 'I4',
    fault: 'crash',
    sabotage: {
      backend: withNodes(() => ({ reap: async () => ({ incarnations: 0, requeued: [], ended: [], homeless: 0 }) })),
    },
  },
  {
    name: 'a device of unknown state is not held',
    breaks: 'hold',
    fault: 'crash',
    sabotage: { decideLostJob: (job) => decideLostJob(job, { afterUnknownOutcome: 'allow' }) },
  },
  {
    name: 'an accepted job is not stored',
    breaks: 'I1',
    fault: 'crash',
    sabotage: {
      backend: withJobs((jobs) => ({
        submit: async (submissions) => {
          const [first] = submissions
          return first?.job.tags[0] === 'j2' ? [storedOf(first.job)] : jobs.submit(submissions)
        },
      })),
    },
  },
  {
    name: 'success is said whatever the device answered',
    breaks: 'I9',
    fault: 'crash',
    sabotage: {
      backend: withJobs((jobs) => ({
        finish: (claim, ending) => jobs.finish(claim, { ...ending, status: 'finished', outcome: 'succeeded' }),
      })),
    },
  },
]
