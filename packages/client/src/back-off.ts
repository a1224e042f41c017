import { NetPulseApiError } from './errors.js'

/** Delay before the first repetition; it doubles with each. */
const firstMs = 250
const longestMs = 10_000

/** A server that asks for more patience than this is not waited for. */
const longestRetryAfterSeconds = 60

/**
 * Milliseconds until the next try: what the server asks for, and on top of it a random part of a time that doubles, so that
 * many clients do not come back at once. `undefined`: longer than makes sense to wait.
 */
export function backOffMs(attempt: number, error: unknown, random: () => number): number | undefined {
  const asked = error instanceof NetPulseApiError ? (error.retryAfterSeconds ?? 0) : 0
  if (asked > longestRetryAfterSeconds) return undefined
  return Math.round(asked * 1000 + random() * Math.min(longestMs, firstMs * 2 ** attempt))
}
