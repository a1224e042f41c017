import type { Clock } from './clock.js'
import { unlessAborted } from './unless-aborted.js'

/** How long a call may take. */
export interface TimeLimit {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Ends the wait earlier. */
  readonly signal?: AbortSignal
  /** What it fails with when it is late. */
  readonly late: () => Error
}

/**
 * Runs a call that has to end in time, whether or not it obeys the signal that it is given.
 * @throws what `late` makes; the outer signal's reason; what the call throws
 */
export async function inTime<Value>(
  { clock, timeoutMs, signal, late }: TimeLimit,
  call: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const cancel = clock.setTimer(timeoutMs, () => controller.abort(late()))
  try {
    return await unlessAborted(controller.signal, () => call(controller.signal))
  } finally {
    cancel()
    signal?.removeEventListener('abort', onAbort)
  }
}
