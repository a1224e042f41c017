import { isNetPulseError } from '@netpulse/core'
import type { NetPulseError } from '@netpulse/core'

/** The error of ours that a promise ends with. */
export async function errorOf(promise: Promise<unknown>): Promise<NetPulseError> {
  const outcome: unknown = await promise.then(
    (value) => ({ unexpected: value }),
    (error: unknown) => error,
  )
  if (isNetPulseError(outcome)) return outcome
  throw new Error('expected an error of ours', { cause: outcome })
}
