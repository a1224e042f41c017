import { coreError } from './errors.js'

/** Where a job stands. The words are the reference's, plus `expired`. */
export type JobStatus =
  'queued' | 'started' | 'finished' | 'failed' | 'canceled' | 'stopped' | 'scheduled' | 'deferred' | 'expired'

/** The truth about a job that has ended. */
export type JobOutcome =
  /** The device accepted everything. */
  | 'succeeded'
  /** A query command was refused by the device. */
  | 'refused'
  /** The work failed and nothing was changed. */
  | 'failed'
  /** The device's candidate was discarded, or the change was undone. */
  | 'rolled_back'
  /** Some lines are in force; the results say which. */
  | 'partial'
  /** Contact was lost after the first config byte: verify the device. */
  | 'unknown'
  | 'expired'
  | 'canceled'

/** Decides order and retry; the strategy decides the connection's life. */
export type JobKind =
  /** Reads only; may be retried. */
  | 'query'
  /** Changes the device: strictly ordered, never applied twice. */
  | 'modification'
  /** May hide a change: ordered and never re-run after its start, like a modification. */
  | 'opaque'

/**
 * Where each state leads. Ended states lead nowhere.
 *
 * | from | to | when |
 * |---|---|---|
 * | scheduled, deferred | queued, canceled, expired | its time or its dependency came; cancel; ttl |
 * | queued | started | a worker took it |
 * | queued | canceled, expired, failed | cancel; ttl; it can never run (its device's holder was lost for good) |
 * | started | queued | its holder was lost or a retry is due, and nothing was touched |
 * | started | finished, failed, canceled, stopped | the work ended; was aborted; drain ended it |
 */
const leadsTo: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  scheduled: ['queued', 'canceled', 'expired'],
  deferred: ['queued', 'canceled', 'expired'],
  queued: ['started', 'canceled', 'expired', 'failed'],
  started: ['queued', 'finished', 'failed', 'canceled', 'stopped'],
  finished: [],
  failed: [],
  canceled: [],
  stopped: [],
  expired: [],
}

export const jobStatuses = Object.keys(leadsTo) as readonly JobStatus[]

/** Whether the job has ended for good. */
export const isFinal = (status: JobStatus): boolean => leadsTo[status].length === 0

export const canMove = (from: JobStatus, to: JobStatus): boolean => leadsTo[from].includes(to)

/** @throws INVALID_TRANSITION */
export function assertMove(from: JobStatus, to: JobStatus, job: string): void {
  if (!canMove(from, to)) throw coreError('INVALID_TRANSITION', `Job ${job} is ${from} and cannot become ${to}.`)
}

/** Outcomes that go with each ended state; anything else is a bug. */
const outcomesOf: Readonly<Partial<Record<JobStatus, readonly JobOutcome[]>>> = {
  finished: ['succeeded', 'refused'],
  failed: ['failed', 'rolled_back', 'partial', 'unknown'],
  canceled: ['canceled', 'rolled_back', 'partial', 'unknown'],
  stopped: ['failed', 'rolled_back', 'partial', 'unknown'],
  expired: ['expired'],
}

export const fitsOutcome = (status: JobStatus, outcome: JobOutcome): boolean =>
  outcomesOf[status]?.includes(outcome) ?? false
