/** Ends a timer; harmless when it has fired. */
export type CancelTimer = () => void

/** Time as every part of NetPulse sees it, so that tests own it. */
export interface Clock {
  /** Wall time; may step. */
  now(): Date
  /** Milliseconds that only grow; for durations and deadlines. */
  monotonicMs(): number
  /** Calls `run` once after `delayMs`. A timer never keeps the process alive. */
  setTimer(delayMs: number, run: () => void): CancelTimer
}

/** Longest delay that Node's timers take; a longer one would fire at once. */
const longestDelayMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), longestDelayMs))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
