import type { Clock, JobRecord, NewJob } from '@netpulse/core'
import { inTime, NetPulseError } from '@netpulse/core'
import type { JobStore } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import { engineError } from '../errors.js'
import type { ErrandSender } from './errand-sender.js'
import type { TaskWait } from './tasks.js'

export interface TaskJobsOptions {
  readonly jobs: Pick<JobStore, 'ended' | 'cancel'>
  readonly sender: Pick<ErrandSender, 'send'>
  readonly clock: Clock
}

/** Errands whose sender waits for what they bring. */
export class TaskJobs {
  readonly #options: TaskJobsOptions

  constructor(options: TaskJobsOptions) {
    this.#options = options
  }

  /**
   * Sends an errand and waits for its end; what nobody waits for any more is taken back, unless it is to be done all the same.
   * @throws TASK_TIMEOUT; what the job failed with; the signal's reason
   */
  async done(job: NewJob, wait: Required<Pick<TaskWait, 'timeoutMs'>> & TaskWait, isKept = false): Promise<JobRecord> {
    const { jobs, sender } = this.#options
    await sender.send(job)
    try {
      return successOf(await this.#ended(job, wait))
    } catch (error) {
      if (!isKept) await jobs.cancel(job.id)
      throw error
    }
  }

  #ended(job: NewJob, { timeoutMs, signal }: Required<Pick<TaskWait, 'timeoutMs'>> & TaskWait): Promise<JobRecord> {
    const { jobs, clock } = this.#options
    const { host } = job.request.device
    const late = (): Error =>
      engineError(
        'TASK_TIMEOUT',
        `${host} did not answer within ${timeoutMs / 1000} s; it may be busy with an earlier job.`,
      )
    const limit = { clock, timeoutMs, late, ...(signal === undefined ? {} : { signal }) }
    return inTime(limit, (inner) => jobs.ended(job.id, inner))
  }
}

function successOf(job: JobRecord): JobRecord {
  if (job.status === 'finished') return job
  const { error } = job.result ?? {}
  if (error !== undefined) throw new NetPulseError(error)
  throw queueError('CONTACT_LOST', `The job that asked the device ended ${job.status}.`)
}
