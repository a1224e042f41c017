import type { Clock } from '@netpulse/core'
import { providerError } from '@netpulse/plugin-sdk'

export interface Deadline {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Ends the call earlier. */
  readonly signal?: AbortSignal
}

/**
 * Runs a call that has to end in time.
 * @throws CREDENTIAL_UNAVAILABLE when it is late; the outer signal's reason; what the call throws
 */
export async function inTime<Value>(
  { clock, timeoutMs, signal }: Deadline,
  call: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const cancel = clock.setTimer(timeoutMs, () =>
    controller.abort(providerError('CREDENTIAL_UNAVAILABLE', `Vault did not answer within ${timeoutMs / 1000} s.`)),
  )
  try {
    return await call(controller.signal)
  } finally {
    cancel()
    signal?.removeEventListener('abort', onAbort)
  }
}
