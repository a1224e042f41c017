import type { Clock } from './clock.js'

/** What the promise resolves with; `undefined` when that takes longer. */
export async function within<Value>(
  limitMs: number,
  promise: Promise<Value>,
  clock: Clock,
): Promise<Value | undefined> {
  let cancel = (): void => undefined
  const late = new Promise<undefined>((resolve) => (cancel = clock.setTimer(limitMs, () => resolve(undefined))))
  try {
    return await Promise.race([promise, late])
  } finally {
    cancel()
  }
}
