import type { ErrorData, JobOutcome, JobRecord, NetPulseError, Redactor } from '@netpulse/core'
import { isNetPulseError, toErrorData } from '@netpulse/core'
import type { Ending } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import { isClaimLost } from './job-limits.js'
import type { RunProgress } from './job-run.js'
import { redactError } from './redaction.js'
import { retryDelayMs } from './retry-delay.js'

/** What becomes of a job after an attempt that did not come to its end. */
export type Conclusion =
  | { readonly action: 'finish'; readonly ending: Ending }
  | { readonly action: 'retry'; readonly delayMs: number; readonly error: ErrorData }
  /** Another worker owns the job: it decides. */
  | { readonly action: 'drop' }

export interface BrokenAttempt {
  readonly job: JobRecord
  readonly progress: RunProgress
  /** Why the attempt was told to end; else what it threw. */
  readonly cause: unknown
  readonly sessionReused: boolean
  /** Whether later modifications wait after an unknown outcome. */
  readonly holdUnknown: boolean
  /** Whether jobs survive this process. */
  readonly durable: boolean
  readonly random: () => number
  readonly redactor: Redactor
}

/**
 * | device | cause | becomes |
 * |---|---|---|
 * | any | the claim was lost | nothing: its new owner decides |
 * | not touched | cancel | `canceled` |
 * | not touched | drain | back to the queue; `stopped` when jobs are kept in memory only, or no attempt is left |
 * | not touched | an error that may pass, attempts left, no refused login | retry |
 * | not touched | anything else | `failed`/`failed` |
 * | touched, taken back | | `rolled_back` |
 * | touched, an input unanswered | | `unknown`; the device is held |
 * | touched, inputs accepted | | `partial` |
 * | touched, nothing accepted | | `failed`, `canceled` |
 */
export function conclude(attempt: BrokenAttempt): Conclusion {
  const { cause, progress, job } = attempt
  if (isClaimLost(cause)) return { action: 'drop' }
  const again = progress.touched ? undefined : retryOf(attempt)
  if (again !== undefined) return again
  const status = statusOf(cause)
  const outcome = outcomeOf(status, progress)
  const error = redactError(errorOf(job, cause, outcome), attempt.redactor)
  const hold = outcome === 'unknown' && attempt.holdUnknown ? { holdDevice: error.message } : {}
  return { action: 'finish', ending: { status, outcome, result: { results: progress.results, error }, ...hold } }
}

function retryOf({ cause, job, durable, random, sessionReused, redactor }: BrokenAttempt): Conclusion | undefined {
  if (!isNetPulseError(cause) || job.attempt >= job.maxAttempts) return undefined
  const error = redactError(toErrorData(cause), redactor)
  if (cause.code === 'DRAINED') return durable ? { action: 'retry', delayMs: 0, error } : undefined
  if (!cause.retryable || cause.kind === 'denied') return undefined
  // A session that died while it was idle says nothing about the device: a new one is opened at once.
  const stale = sessionReused && cause.code === 'SESSION_LOST'
  return { action: 'retry', delayMs: stale ? 0 : retryDelayMs(job.attempt, random), error }
}

function statusOf(cause: unknown): 'canceled' | 'stopped' | 'failed' {
  if (isNetPulseError(cause, 'CANCELED')) return 'canceled'
  return isNetPulseError(cause, 'DRAINED') ? 'stopped' : 'failed'
}

function outcomeOf(status: 'canceled' | 'stopped' | 'failed', progress: RunProgress): JobOutcome {
  if (progress.uncertain) return 'unknown'
  if (progress.rolledBack) return 'rolled_back'
  if (progress.touched && progress.accepted > 0) return 'partial'
  return status === 'canceled' ? 'canceled' : 'failed'
}

/** Codes that say why the attempt ended better than CONTACT_LOST would. */
const speaking: ReadonlySet<string> = new Set([
  'CANCELED',
  'DRAINED',
  'EXECUTION_TIMEOUT',
  'OUTPUT_TOO_LARGE',
  'CONTACT_LOST',
])

function errorOf(job: JobRecord, cause: unknown, outcome: JobOutcome): ErrorData {
  const error = toErrorData(cause)
  if (outcome !== 'unknown' || !isNetPulseError(cause) || speaking.has(cause.code)) return error
  return toErrorData(contactLost(job, cause))
}

function contactLost(job: JobRecord, cause: NetPulseError): NetPulseError {
  const { host } = job.request.device
  const message = `Contact with ${host} was lost while it was being changed: verify what is in force. ${cause.message}`
  return queueError('CONTACT_LOST', message, { details: { cause: cause.code }, cause })
}
