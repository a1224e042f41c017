import type { CommandResult, ErrorData, JobEvent, JobRecord, JournalEntry, NewJob, NodeId } from '@netpulse/core'
import { assertMove, coreError, fitsOutcome, isErrand } from '@netpulse/core'
import type { Claim, Ending } from '../backend.js'
import { withoutAuditRequest } from '../audit-job.js'
import { queueError } from '../errors.js'
import { laneOf, queueNameOf } from '../lane.js'
import { lineEventData } from '../line-event.js'
import type { Holder, JobEntry } from './job-entry.js'
import type { Kernel } from './kernel.js'

/** How a job ends; `expired` is added to what a claim's holder may say. */
export type End = Omit<Ending, 'status'> & { readonly status: Ending['status'] | 'expired' }

/** The record of a job that waits again: nothing of the attempt before stays. */
function waitingAgain(record: JobRecord): JobRecord {
  const { startedAt: _1, worker: _2, node: _3, journal: _4, ...rest } = record
  return { ...rest, status: 'queued', progress: [] }
}

/** Every change that a job can make, each in memory, in the open batch and in the event log at once. */
export class Moves {
  readonly #kernel: Kernel

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  enqueue(job: NewJob): JobEntry {
    const { state, batch } = this.#kernel
    const lane = laneOf(job)
    const { device } = job.request
    const record: JobRecord = {
      ...withoutAuditRequest(job),
      deviceId: device.id,
      status: 'queued',
      queue: queueNameOf(lane, device.host),
      attempt: 0,
      progress: [],
      cancelRequested: false,
    }
    const entry: JobEntry = {
      seq: ++state.lastJob,
      id: job.id,
      deviceId: device.id,
      kind: job.kind,
      lane,
      expiresAtMs: job.expiresAt.getTime(),
      maxAttempts: job.maxAttempts,
      isErrand: isErrand(job.request),
      status: 'queued',
      attempt: 0,
      record,
      answers: 0,
    }
    state.active.set(entry.id, entry)
    if (!entry.isErrand) state.counts.queued++
    state.enterWaiting(entry, 'end')
    batch.insert(entry)
    this.#event(entry, 'queued', { queue: record.queue })
    this.#kernel.audit.accepted(job)
    return entry
  }

  start(entry: JobEntry, holder: Holder, by: { readonly worker: string; readonly node: NodeId }): Claim {
    const { state } = this.#kernel
    const record = this.recordOf(entry)
    this.#status(entry, 'started')
    state.leaveWaiting(entry)
    entry.attempt++
    entry.holder = holder
    entry.abort = new AbortController()
    this.#kernel.deliveries.set(entry.id, { attempt: entry.attempt, abort: entry.abort })
    state.enterRunning(entry)
    this.#save(entry, { ...record, ...by, status: 'started', startedAt: this.#kernel.now(), attempt: entry.attempt })
    if (record.request.webhook !== undefined)
      this.#kernel.outbox.started(entry, entry.record!, this.#kernel.now().getTime())
    this.#event(entry, 'started', { attempt: entry.attempt, worker: by.worker, node: by.node })
    return { jobId: entry.id, attempt: entry.attempt, ...holder }
  }

  note(entry: JobEntry, journal: JournalEntry, answers: readonly CommandResult[]): void {
    const record = this.recordOf(entry)
    this.#save(entry, {
      ...record,
      journal,
      progress: answers.length > 0 ? [...record.progress, ...answers] : record.progress,
    })
    for (const answer of answers) {
      this.#kernel.batch.answer(entry, entry.answers, answer)
      this.#event(entry, 'line', lineEventData(entry.answers++, answer))
    }
  }

  /** Back to the head of its lane; a job whose cancel was asked for ends instead. */
  requeue(entry: JobEntry, delayMs: number, error: ErrorData): void {
    if (this.recordOf(entry).cancelRequested) {
      this.end(entry, { status: 'canceled', outcome: 'canceled', result: { results: [], error } })
      return
    }
    const { state } = this.#kernel
    const record = waitingAgain(this.recordOf(entry))
    this.#status(entry, 'queued')
    this.#leaveRunning(entry)
    this.#dropAnswers(entry)
    entry.dueMs = delayMs > 0 ? this.#kernel.now().getTime() + delayMs : undefined
    state.enterWaiting(entry, 'front')
    this.#save(entry, record)
    this.#event(entry, 'retrying', { attempt: entry.attempt, delayMs, error: { ...error } })
  }

  /** @throws INVALID_TRANSITION for a status or an outcome that does not fit */
  end(entry: JobEntry, end: End): JobRecord {
    const { state } = this.#kernel
    this.#checkEnd(entry, end)
    const record = this.recordOf(entry)
    const wasRunning = entry.status === 'started'
    this.#status(entry, end.status)
    if (wasRunning) this.#leaveRunning(entry)
    else state.leaveWaiting(entry)
    this.#dropAnswers(entry)
    state.active.delete(entry.id)
    const { status, outcome, result } = end
    const endedAt = this.#kernel.now()
    // Nobody opens a connection for it any more.
    const request = { ...record.request, sealedConnection: '' }
    const ended: JobRecord = { ...record, request, status, outcome, result, endedAt, progress: [] }
    this.#save(entry, ended)
    const purgeAtMs =
      request.webhook === undefined
        ? endedAt.getTime() + record.resultTtlSeconds * 1000
        : this.#kernel.outbox.ended(entry, ended, end.event)
    this.#kernel.batch.end(entry, ended, purgeAtMs)
    this.#kernel.purgeAlarm.set(purgeAtMs)
    this.#event(entry, 'ended', {
      status,
      outcome,
      ...(result.error === undefined ? {} : { error: { ...result.error } }),
    })
    this.#kernel.audit.ended(ended)
    if (end.holdDevice !== undefined) this.hold(entry, end.holdDevice)
    return ended
  }

  requestCancel(entry: JobEntry): void {
    const record = this.recordOf(entry)
    if (record.cancelRequested) return
    this.#save(entry, { ...record, cancelRequested: true })
    this.#event(entry, 'cancel_requested', null)
    const { abort, attempt } = entry
    this.#kernel.batch.afterCommit(() => {
      if (entry.attempt === attempt) abort?.abort(queueError('CANCELED', `Job ${entry.id} was canceled while it ran.`))
    })
  }

  hold(entry: JobEntry, reason: string): void {
    const lane = this.#kernel.state.device(entry.deviceId)
    if (lane.hold !== undefined) return
    lane.hold = { device: entry.deviceId, reason, since: this.#kernel.now() }
    this.#kernel.holds.save(lane.hold)
  }

  #leaveRunning(entry: JobEntry): void {
    const { state, batch, deliveries } = this.#kernel
    const { attempt } = entry
    state.leaveRunning(entry)
    batch.afterCommit(() => {
      if (deliveries.get(entry.id)?.attempt === attempt) deliveries.delete(entry.id)
    })
  }

  #checkEnd(entry: JobEntry, { status, outcome }: End): void {
    assertMove(entry.status, status, entry.id)
    if (fitsOutcome(status, outcome)) return
    throw coreError('INVALID_TRANSITION', `Job ${entry.id} cannot be ${status} with outcome ${outcome}.`)
  }

  #status(entry: JobEntry, to: JobRecord['status']): void {
    assertMove(entry.status, to, entry.id)
    const { counts } = this.#kernel.state
    if (!entry.isErrand) {
      counts[entry.status]--
      counts[to]++
    }
    entry.status = to
  }

  #dropAnswers(entry: JobEntry): void {
    if (entry.answers > 0) this.#kernel.batch.dropAnswers(entry)
    entry.answers = 0
  }

  /** The whole record of a job that has not ended. */
  recordOf(entry: JobEntry): JobRecord {
    entry.record ??= this.#kernel.jobs.get(entry.seq)
    return entry.record
  }

  #save(entry: JobEntry, record: JobRecord): void {
    entry.record = record
    this.#kernel.batch.update(entry)
  }

  #event(entry: JobEntry, type: JobEvent['type'], data: JobEvent['data']): void {
    const { state, batch } = this.#kernel
    if (entry.isErrand) return
    batch.event(entry.seq, { jobId: entry.id, sequence: ++state.lastEvent, at: this.#kernel.now(), type, data })
  }
}
