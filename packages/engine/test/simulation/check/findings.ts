import type { JobEvent, JobRecord } from '@netpulse/core'
import type { CancelOutcome } from '@netpulse/queue'
import type { SimDevice } from '../net/sim-device.js'
import type { Scenario, SimJob } from '../world/scenario.js'

/** A promise of `reliability.md` that was broken. */
export interface Violation {
  /** `I1` to `I10`; `hold`, `order` and `truth` for what its section 2 promises beside them. */
  readonly invariant: string
  readonly message: string
}

/** Everything that is known after a run. */
export interface Findings {
  readonly scenario: Scenario
  readonly records: readonly JobRecord[]
  readonly events: readonly JobEvent[]
  readonly devices: ReadonlyMap<string, SimDevice>
  /** Names of the jobs that clients were told are stored. */
  readonly accepted: readonly string[]
  readonly canceled: ReadonlyMap<string, CancelOutcome>
  /** Status that a client was told at the end of its job. */
  readonly told: ReadonlyMap<string, string>
  /** Sequence number of the last event before each release of a hold. */
  readonly releases: readonly { readonly host: string; readonly afterSequence: number }[]
}

/** A job with everything that is known about it. */
export interface Traced {
  readonly name: string
  readonly job: SimJob
  readonly record: JobRecord
  readonly events: readonly JobEvent[]
  readonly device: SimDevice
}

export function tracedJobs({ scenario, records, events, devices }: Findings): readonly Traced[] {
  const byJob = new Map<string, JobEvent[]>()
  for (const event of events) byJob.set(event.jobId, [...(byJob.get(event.jobId) ?? []), event])
  return records.map((record) => {
    const name = record.tags[0]!
    const job = scenario.jobs.find((one) => one.name === name)!
    return { name, job, record, events: byJob.get(record.id) ?? [], device: devices.get(job.host)! }
  })
}
