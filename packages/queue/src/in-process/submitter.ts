import type { JobId, JobRecord } from '@netpulse/core'
import type { Submission, SubmitOutcome } from '../backend.js'
import { laneOf } from '../lane.js'
import type { JobEntry } from './job-entry.js'
import type { Kernel } from './kernel.js'
import type { KernelSlot } from './kernel-slot.js'

/** Jobs that one commit takes from one submit, so that neither the event loop nor the store is held for long. */
const sliceSize = 500

/** A decision about one submission, before its commit. */
type Decision = SubmitOutcome | { readonly state: 'duplicate'; readonly job: undefined }

/** Decides about new jobs and stores them. */
export class Submitter {
  readonly #slot: KernelSlot

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  async submit(submissions: readonly Submission[]): Promise<readonly SubmitOutcome[]> {
    const outcomes: SubmitOutcome[] = []
    for (let start = 0; start < submissions.length; start += sliceSize) {
      outcomes.push(...(await this.#slice(submissions.slice(start, start + sliceSize))))
    }
    return outcomes
  }

  async #slice(submissions: readonly Submission[]): Promise<readonly SubmitOutcome[]> {
    const kernel = this.#kernel
    kernel.assertOpen()
    const stored = kernel.jobs.stored(submissions.map(({ job }) => job.id))
    const decisions = submissions.map((submission) => this.#decide(submission, stored))
    kernel.armTimers()
    await kernel.commit.settled()
    return decisions.map((decision, index) =>
      decision.state === 'duplicate' ? this.#duplicate(submissions[index]!) : decision,
    )
  }

  #decide({ job, nodes }: Submission, stored: ReadonlySet<JobId>): Decision {
    const { state, settings } = this.#kernel
    const { limits } = settings
    if (state.active.has(job.id) || this.#kernel.commit.isPending(job.id) || stored.has(job.id)) {
      return { state: 'duplicate', job: undefined }
    }
    const device = state.devices.get(job.request.device.id)
    const waiting = device === undefined ? 0 : device.waiting + device.waitingWork
    if (waiting >= limits.maxQueuedPerDevice || state.counts.queued >= limits.maxQueued) {
      return { state: 'queue_full', retryAfterSeconds: limits.retryAfterSeconds }
    }
    if (laneOf(job) === 'device' && !this.#claimDevice(job.request.device.id, nodes)) return { state: 'no_capacity' }
    const queuePosition = state.positionOfNew(job.request.device.id, job.kind, laneOf(job))
    const entry = this.#kernel.moves.enqueue(job)
    this.#kernel.wakeLane(entry)
    return { state: 'stored', job: { ...entry.record!, queuePosition } }
  }

  #claimDevice(device: JobEntry['deviceId'], nodes: Submission['nodes']): boolean {
    const { lives } = this.#kernel
    return (lives.leaseOf(device) ?? lives.grant(device, nodes)) !== undefined
  }

  /** As it stands after the commit; purged in between, it is what was asked for all the same. */
  #duplicate({ job }: Submission): SubmitOutcome {
    const record: JobRecord | undefined = this.#kernel.jobs.findStored(job.id)
    return record === undefined ? { state: 'no_capacity' } : { state: 'duplicate', job: record }
  }
}
