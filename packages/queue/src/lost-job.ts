import type { ErrorData, JobRecord } from '@netpulse/core'
import { mayHaveTouched, toErrorData } from '@netpulse/core'
import type { Ending, LostJobVerdict } from './backend.js'
import { queueError } from './errors.js'

/** What the operator wants after a change whose outcome nobody knows. */
export interface LostJobPolicy {
  /** Whether the device's later modifications wait until somebody verified the device. */
  readonly afterUnknownOutcome: 'hold' | 'allow'
}

/**
 * What becomes of a job whose worker was lost, by how far its journal says it came:
 *
 * | job | journal | attempts left | verdict |
 * |---|---|---|---|
 * | cancel was asked for, not touched | | | ends `canceled` |
 * | query | any | yes | back to the head of its lane |
 * | query | any | no | `failed`, outcome `failed` |
 * | modification, opaque | not touched | yes | back to the head of its lane |
 * | modification, opaque | not touched | no | `failed`, outcome `failed` |
 * | modification, opaque | may have touched | | `failed`, outcome `unknown`, with the answers so far; device held, by policy |
 */
export function decideLostJob(job: JobRecord, policy: LostJobPolicy): LostJobVerdict {
  if (isTouched(job)) return { action: 'end', ending: unknownEnding(job, policy) }
  if (job.cancelRequested) return { action: 'end', ending: endingOf(job, 'canceled') }
  if (job.attempt < job.maxAttempts) return { action: 'requeue' }
  return { action: 'end', ending: endingOf(job, 'failed') }
}

/** A query may run twice. For an opaque job every command that was sent may have changed something. */
function isTouched({ kind, journal }: JobRecord): boolean {
  return kind !== 'query' && mayHaveTouched(journal)
}

function unknownEnding(job: JobRecord, policy: LostJobPolicy): Ending {
  const message = `The worker of job ${job.id} was lost after it had begun to change device ${job.deviceId}; nobody knows what is in force. Verify the device.`
  return {
    status: 'failed',
    outcome: 'unknown',
    result: { results: job.progress, error: contactLost(message) },
    ...(policy.afterUnknownOutcome === 'hold' ? { holdDevice: `Outcome of job ${job.id} is unknown.` } : {}),
  }
}

function endingOf(job: JobRecord, outcome: 'failed' | 'canceled'): Ending {
  const error = contactLost(`The worker of job ${job.id} was lost in attempt ${job.attempt} of ${job.maxAttempts}.`)
  return { status: outcome, outcome, result: { results: job.progress, error } }
}

const contactLost = (message: string): ErrorData => toErrorData(queueError('CONTACT_LOST', message))

/** For a verdict that asks for more starts than the job may have: nobody knows what the last one did. */
export function attemptsUsedEnding({ id, kind }: Pick<JobRecord, 'id' | 'kind'>): Ending {
  const message = `The node that ran job ${id} was lost in its last attempt.`
  const error = toErrorData(queueError('ATTEMPTS_USED', message))
  return { status: 'failed', outcome: kind === 'query' ? 'failed' : 'unknown', result: { results: [], error } }
}
