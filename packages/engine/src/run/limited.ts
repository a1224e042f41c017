import type { TimeLimit } from '@netpulse/core'
import { inTime } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'

/**
 * Runs a call to a device that has to end in time, whether or not it obeys its signal.
 * @throws READ_TIMEOUT; the outer signal's reason; what the call throws
 */
export const limited = <Value>(
  limit: Omit<TimeLimit, 'late'>,
  call: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> => {
  const late = (): Error => driverError('READ_TIMEOUT', `The device did not answer within ${limit.timeoutMs / 1000} s.`)
  return inTime({ ...limit, late }, call)
}
