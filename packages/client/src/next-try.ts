import { backOffMs } from './back-off.js'
import { delay } from './clock.js'
import { ConnectionError, NetPulseApiError, TimeoutError } from './errors.js'
import type { ClientSettings } from './options.js'

/** Statuses that say: not now. 500 is a bug, which a repetition meets again. */
const transient: readonly number[] = [429, 502, 503, 504]

/** A timeout of `jobs.wait` is the caller's own and never repeated. */
const isTransient = (error: unknown): boolean =>
  error instanceof NetPulseApiError
    ? transient.includes(error.status)
    : error instanceof ConnectionError || (error instanceof TimeoutError && error.code === 'REQUEST_TIMEOUT')

/** A try that failed. */
export interface FailedTry {
  /** Tries before it, counted from 0. */
  readonly attempt: number
  readonly error: unknown
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined
}

/**
 * Waits until the next try makes sense.
 * @throws the error itself when there is no sense in another one; the signal's reason
 */
export async function waitForNextTry(
  { clock, random, retries }: ClientSettings,
  { attempt, error, signal }: FailedTry,
): Promise<void> {
  const waitMs = attempt < retries && isTransient(error) ? backOffMs(attempt, error, random) : undefined
  if (waitMs === undefined) throw error
  await delay(clock, waitMs, signal)
}
