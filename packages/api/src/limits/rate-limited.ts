import type { NetPulseError } from '@netpulse/core'
import { apiError } from '../errors.js'

/** The refusal of a request that came too early, with when to come again. */
export function rateLimited(reason: string, waitSeconds: number): NetPulseError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitSeconds))
  return apiError('RATE_LIMITED', `${reason} Try again in ${retryAfterSeconds} s.`, { details: { retryAfterSeconds } })
}
