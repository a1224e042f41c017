/** Time as the client sees it, so that tests own it. */
export interface ClientClock {
  now(): Date
  /** Calls `run` once after `delayMs`; the answer ends the timer. */
  setTimer(delayMs: number, run: () => void): () => void
}

export const systemClock: ClientClock = {
  now: () => new Date(),
  setTimer(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delayMs`. @throws the signal's reason */
export function delay(clock: ClientClock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error)
    const onAbort = (): void => {
      cancel()
      reject(signal?.reason as Error)
    }
    const cancel = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
