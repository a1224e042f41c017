import { decideLostJob } from '@netpulse/queue'
import type { Delivery, DeviceMailboxes, JobStore, NodeRegistry, QueueBackend } from '@netpulse/queue'
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

const withMailboxes = (own: (real: QueueBackend) => Partial<DeviceMailboxes>) => (real: QueueBackend) =>
  changed(real, { mailboxes: changed(real.mailboxes, own(real)) })

/** Broken parts by name, each with the promise that it breaks. */
export const sabotages: readonly { readonly name: string; readonly breaks: string; readonly sabotage: Sabotage }[] = [
  {
    name: 'a lost job that may have touched its device is run again',
    breaks: 'I3',
    sabotage: { decideLostJob: () => ({ action: 'requeue' }) },
  },
  {
    name: 'a lost job is said to have changed nothing',
    breaks: 'truth',
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
    sabotage: { times: { fenceMs: Infinity } },
  },
  {
    name: 'the store gives a device away before its holder has fenced itself',
    breaks: 'I2',
    sabotage: { leaseMs: 3_000 },
  },
  {
    name: 'a take does not look at the lease',
    breaks: 'I2',
    sabotage: {
      backend: withMailboxes(({ leases, mailboxes }) => ({
        take: async (lease, worker): Promise<Delivery | undefined> => {
          const current = await leases.find(lease.device)
          return mailboxes.take(current ?? lease, worker)
        },
      })),
    },
  },
  {
    name: 'nobody looks for lost nodes',
    breaks: 'I4',
    sabotage: {
      backend: withNodes(() => ({ reap: async () => ({ incarnations: 0, requeued: [], ended: [] }) })),
    },
  },
  {
    name: 'a device of unknown state is not held',
    breaks: 'hold',
    sabotage: { decideLostJob: (job) => decideLostJob(job, { afterUnknownOutcome: 'allow' }) },
  },
  {
    name: 'an accepted job is not stored',
    breaks: 'I1',
    sabotage: {
      backend: withJobs((jobs) => ({
        submit: async (submissions) => {
          const outcomes = await jobs.submit(submissions)
          const [first] = outcomes
          if (submissions[0]?.job.tags[0] !== 'j2' || first === undefined || !('job' in first)) return outcomes
          return [{ ...first, job: { ...first.job, id: `${first.job.id}x` as typeof first.job.id } }]
        },
      })),
    },
  },
  {
    name: 'success is said whatever the device answered',
    breaks: 'I9',
    sabotage: {
      backend: withJobs((jobs) => ({
        finish: (claim, ending) => jobs.finish(claim, { ...ending, status: 'finished', outcome: 'succeeded' }),
      })),
    },
  },
]
