import type { CommandResult, JobOutcome, JobRecord, JobResult, JournalEntry, NewJob } from '@netpulse/core'
import type { Holder } from './job-entry.js'

/** What `job.state` holds: the changing part of a record that no filter looks at. */
interface StateText {
  readonly outcome?: JobOutcome
  readonly startedAt?: string
  readonly endedAt?: string
  readonly worker?: string
  readonly journal?: JournalEntry
  readonly cancelRequested?: true
  readonly holder?: Holder
}

/** Columns and texts of which a record is made. */
export interface RecordParts {
  readonly status: string
  readonly queue: string
  readonly device: string
  readonly node: string | null
  readonly attempt: number
  readonly state: string
  readonly request: string
  readonly result: string | null
}

const dateOf = (text: string): Date => new Date(text)

/** The part of a record that never changes, as `request.body`. */
export function requestText(record: JobRecord): string {
  const { id, kind, strategy, request, createdAt, expiresAt, resultTtlSeconds, maxAttempts, tags, owner } = record
  const job: NewJob = { id, kind, strategy, request, createdAt, expiresAt, resultTtlSeconds, maxAttempts, tags, owner }
  return JSON.stringify(job)
}

/** The changing part, as `job.state`. `JSON.stringify` leaves out what is undefined. */
export function stateText(record: JobRecord, holder: Holder | undefined): string {
  return JSON.stringify({
    outcome: record.outcome,
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    worker: record.worker,
    journal: record.journal,
    cancelRequested: record.cancelRequested || undefined,
    holder,
  })
}

export function holderOf(state: string): Holder | undefined {
  return (JSON.parse(state) as StateText).holder
}

/** Puts a record together again. */
export function recordOf(parts: RecordParts, answers: readonly CommandResult[]): JobRecord {
  const job = JSON.parse(parts.request) as NewJob & { readonly createdAt: string; readonly expiresAt: string }
  const state = JSON.parse(parts.state) as StateText
  const { startedAt, endedAt, cancelRequested, holder: _, ...rest } = state
  return {
    ...job,
    createdAt: dateOf(job.createdAt),
    expiresAt: dateOf(job.expiresAt),
    deviceId: parts.device as JobRecord['deviceId'],
    status: parts.status as JobRecord['status'],
    queue: parts.queue,
    attempt: parts.attempt,
    ...rest,
    ...(parts.node === null ? {} : { node: parts.node }),
    ...(startedAt === undefined ? {} : { startedAt: dateOf(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: dateOf(endedAt) }),
    cancelRequested: cancelRequested === true,
    progress: answers,
    ...(parts.result === null ? {} : { result: JSON.parse(parts.result) as JobResult }),
  }
}
