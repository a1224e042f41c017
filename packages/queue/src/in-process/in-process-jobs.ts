import type {
  CommandResult,
  ErrorData,
  JobEvent,
  JobId,
  JobRecord,
  JobStatus,
  JournalEntry,
  TransferProgress,
} from '@netpulse/core'
import { isFinal } from '@netpulse/core'
import type {
  CancelOutcome,
  Claim,
  Ending,
  EventQuery,
  JobFilter,
  JobStore,
  Page,
  PageRequest,
  Submission,
  SubmitOutcome,
} from '../backend.js'
import { jobNotFound, queueError } from '../errors.js'
import { listJobs } from './job-list.js'
import type { Kernel } from './kernel.js'
import type { KernelSlot } from './kernel-slot.js'
import { Submitter } from './submitter.js'

/** The job store of the in-process backend. Reads see committed state only, their caller's own changes included. */
export class InProcessJobs implements JobStore {
  readonly #slot: KernelSlot
  readonly #submitter: Submitter

  constructor(slot: KernelSlot) {
    this.#slot = slot
    this.#submitter = new Submitter(slot)
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  submit(submissions: readonly Submission[]): Promise<readonly SubmitOutcome[]> {
    return this.#submitter.submit(submissions)
  }

  async find(id: JobId): Promise<JobRecord | undefined> {
    this.#kernel.assertOpen()
    await this.#kernel.commit.settledFor(id)
    const record = this.#kernel.jobs.find(id, this.#nowMs())
    const entry = record?.status === 'queued' ? this.#kernel.state.active.get(id) : undefined
    if (record === undefined || entry?.status !== 'queued') return record
    return { ...record, queuePosition: this.#kernel.state.positionOf(entry) }
  }

  async list(filter: JobFilter, page: PageRequest): Promise<Page<JobRecord>> {
    this.#kernel.assertOpen()
    await this.#kernel.commit.settled()
    return listJobs(this.#kernel.jobs, filter, page, this.#nowMs())
  }

  async journal(claim: Claim, entry: JournalEntry, answers: readonly CommandResult[] = []): Promise<void> {
    this.#kernel.assertOpen()
    this.#kernel.moves.note(this.#kernel.claimed(claim), entry, answers)
    await this.#kernel.commit.settled()
  }

  async finish(claim: Claim, ending: Ending): Promise<JobRecord> {
    this.#kernel.assertOpen()
    const entry = this.#kernel.claimed(claim)
    const record = this.#kernel.moves.end(entry, ending)
    this.#kernel.wakeLane(entry)
    await this.#kernel.commit.settled()
    return record
  }

  async retry(claim: Claim, delayMs: number, error: ErrorData): Promise<void> {
    this.#kernel.assertOpen()
    const entry = this.#kernel.claimed(claim)
    if (entry.attempt >= entry.maxAttempts) {
      throw queueError('ATTEMPTS_USED', `Job ${entry.id} has used its ${entry.maxAttempts} attempts.`)
    }
    this.#kernel.moves.requeue(entry, delayMs, error)
    this.#kernel.armTimers()
    this.#kernel.wakeLane(entry)
    await this.#kernel.commit.settled()
  }

  async cancel(id: JobId): Promise<CancelOutcome> {
    const kernel = this.#kernel
    kernel.assertOpen()
    const entry = kernel.state.active.get(id)
    if (entry === undefined) {
      await kernel.commit.settledFor(id)
      return kernel.jobs.find(id, this.#nowMs()) === undefined ? 'not_found' : 'already_final'
    }
    const isRunning = entry.status === 'started'
    if (isRunning) kernel.moves.requestCancel(entry)
    else {
      kernel.moves.end(entry, { status: 'canceled', outcome: 'canceled', result: { results: [] } })
      // A retry that was not yet due may have held up the others.
      kernel.wakeLane(entry)
    }
    await kernel.commit.settled()
    return isRunning ? 'cancel_requested' : 'canceled'
  }

  async ended(id: JobId, signal: AbortSignal): Promise<JobRecord> {
    signal.throwIfAborted()
    const kernel = this.#kernel
    kernel.assertOpen()
    // What has not ended, or ends with a commit on its way, needs no look into the store.
    if (kernel.state.active.has(id) || kernel.commit.isPending(id)) return kernel.endedWaiters.wait(id, signal)
    const record = kernel.jobs.find(id, this.#nowMs())
    if (record === undefined) throw jobNotFound(id)
    return isFinal(record.status) ? record : kernel.endedWaiters.wait(id, signal)
  }

  output(id: JobId, attempt: number, text: string): void {
    const { events, eventTable } = this.#kernel
    events.output(eventTable, { jobId: id, at: this.#kernel.now(), type: 'output', data: { attempt, text } })
  }

  progress(id: JobId, attempt: number, progress: TransferProgress): void {
    const { events, eventTable } = this.#kernel
    events.output(eventTable, { jobId: id, at: this.#kernel.now(), type: 'progress', data: { attempt, ...progress } })
  }

  events(query: EventQuery): AsyncIterable<JobEvent> {
    this.#kernel.assertOpen()
    return this.#kernel.events.follow(this.#kernel.eventTable, query)
  }

  async counts(): Promise<Readonly<Record<JobStatus, number>>> {
    this.#kernel.assertOpen()
    await this.#kernel.commit.settled()
    return { ...this.#kernel.state.counts }
  }

  #nowMs(): number {
    return this.#kernel.now().getTime()
  }
}
