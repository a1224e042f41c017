import type { CommandResult, JobOutcome, JobRecord, JobResult, JournalEntry } from '@netpulse/core'
import { jobOfText } from '../job-text.js'
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
  const job = jobOfText(parts.request)
  const state = JSON.parse(parts.state) as StateText
  const { startedAt, endedAt, cancelRequested, holder: _, ...rest } = state
  return {
    ...job,
    request: { ...job.request, sealedConnection: parts.sealed ?? '' },
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
