import type { Clock } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'

export interface Limit {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Ends the wait earlier. */
  readonly signal?: AbortSignal
}

/**
 * Runs a call that has to end in time, whether or not it obeys its signal.
 * @throws READ_TIMEOUT; the outer signal's reason; what the call throws
 */
export async function limited<T>(limit: Limit, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, timeoutMs, signal } = limit
  signal?.throwIfAborted()
  const controller = new AbortController()
  let onAbort = (): void => undefined
  const broken = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), { once: true })
    onAbort = () => controller.abort(signal?.reason)
  })
  signal?.addEventListener('abort', onAbort, { once: true })
  const cancelTimer = clock.setTimer(timeoutMs, () =>
    controller.abort(driverError('READ_TIMEOUT', `The device did not answer within ${timeoutMs / 1000} s.`)),
  )
  try {
    return await Promise.race([call(controller.signal), broken])
  } finally {
    cancelTimer()
    signal?.removeEventListener('abort', onAbort)
  }
}
