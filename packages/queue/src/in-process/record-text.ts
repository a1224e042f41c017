import type { CommandResult, JobOutcome, JobRecord, JobRequest, JobResult, JournalEntry, NewJob } from '@netpulse/core'
import type { Holder } from './job-entry.js'

/** What `job.state` holds: the changing part of a record that no filter looks at. Instants in milliseconds since 1970. */
interface StateText {
  readonly outcome?: JobOutcome
  readonly startedAt?: number
  readonly endedAt?: number
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
  /** `null` once the job has ended. */
  readonly sealed: string | null
}

/**
 * What `request.body` holds: the part that never changes, with instants as numbers, which cost a tenth of ISO texts. What
 * is sealed has a table of its own, from which it goes when the job ends.
 */
type RequestText = Omit<NewJob, 'createdAt' | 'expiresAt' | 'request'> & {
  readonly createdAt: number
  readonly expiresAt: number
  readonly request: Omit<JobRequest, 'sealedConnection'>
}

/** The part of a record that never changes, as `request.body`. */
export function requestText(record: JobRecord): string {
  const { id, kind, strategy, createdAt, expiresAt, resultTtlSeconds, maxAttempts, tags, owner } = record
  const { sealedConnection: _, ...request } = record.request
  const job: RequestText = {
    id,
    kind,
    strategy,
    request,
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt.getTime(),
    resultTtlSeconds,
    maxAttempts,
    tags,
    owner,
  }
  return JSON.stringify(job)
}

/** The changing part, as `job.state`. `JSON.stringify` leaves out what is undefined. */
export function stateText(record: JobRecord, holder: Holder | undefined): string {
  return JSON.stringify({
    outcome: record.outcome,
    startedAt: record.startedAt?.getTime(),
    endedAt: record.endedAt?.getTime(),
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
  const job = JSON.parse(parts.request) as RequestText
  const state = JSON.parse(parts.state) as StateText
  const { startedAt, endedAt, cancelRequested, holder: _, ...rest } = state
  return {
    ...job,
    request: { ...job.request, sealedConnection: parts.sealed ?? '' },
    createdAt: new Date(job.createdAt),
    expiresAt: new Date(job.expiresAt),
    deviceId: parts.device as JobRecord['deviceId'],
    status: parts.status as JobRecord['status'],
    queue: parts.queue,
    attempt: parts.attempt,
    ...rest,
    ...(parts.node === null ? {} : { node: parts.node }),
    ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt) }),
    cancelRequested: cancelRequested === true,
    progress: answers,
    ...(parts.result === null ? {} : { result: JSON.parse(parts.result) as JobResult }),
  }
}
