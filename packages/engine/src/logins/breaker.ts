/** When failures open a breaker, and for how long. */
export interface BreakerPolicy {
  /** Failures with different marks that open it; 0: it never opens. */
  readonly failures: number
  /** A failure counts for this long. Milliseconds. */
  readonly windowMs: number
  /** The first pause, doubled by each that follows at once, up to the longest. Milliseconds. */
  readonly pauseMs: number
  readonly longestPauseMs: number
}

/**
 * What is known of something that fails. Nothing is known of what works.
 *
 * | state | who asks | success | failure |
 * |---|---|---|---|
 * | closed | may | forgotten | counted; with enough of them: open |
 * | open | waits | closed | stays open |
 * | open, its time is over | may, and the others wait: a trial | | |
 * | trial | waits | closed | open, for twice the time |
 */
export interface BreakerState {
  /** When each failed last. Milliseconds since 1970, by mark. */
  readonly marks: Readonly<Record<string, number>>
  /** Until when nobody may. Milliseconds since 1970. Absent while closed. */
  readonly pausedUntil?: number
  /** Pauses in a row. */
  readonly pauses: number
  /** Somebody tries whether it works again. */
  readonly trial?: boolean
}

/** A trial that nobody has ended after this long is another's to make: its process may be gone. */
const trialMs = 120_000

/** What somebody who asks is told. `next`: the answer holds once this has been written. */
export type Admission =
  { readonly state: 'admitted'; readonly next?: BreakerState } | { readonly state: 'paused'; readonly forMs: number }

/** Nothing of it matters any more. */
export const isStale = (
  { marks, pausedUntil = 0 }: BreakerState,
  nowMs: number,
  { windowMs }: BreakerPolicy,
): boolean => Math.max(pausedUntil, ...Object.values(marks)) + windowMs <= nowMs

/** A trial that was given up says nothing: the next one may try. */
export const released = (state: BreakerState, nowMs: number): BreakerState => ({
  marks: state.marks,
  pauses: state.pauses,
  pausedUntil: nowMs,
})

export function admissionOf(state: BreakerState | undefined, nowMs: number): Admission {
  if (state?.pausedUntil === undefined) return { state: 'admitted' }
  const forMs = state.pausedUntil - nowMs
  if (forMs > 0) return { state: 'paused', forMs }
  return { state: 'admitted', next: { ...state, pausedUntil: nowMs + trialMs, trial: true } }
}

/** After a failure. The same state: it changes nothing. */
export function failed(
  state: BreakerState | undefined,
  mark: string,
  nowMs: number,
  policy: BreakerPolicy,
): BreakerState {
  const before = state === undefined || isStale(state, nowMs, policy) ? { marks: {}, pauses: 0 } : state
  if (before.trial === true) return opened(before, nowMs, policy)
  // Those who had been let in before it opened.
  if (before.pausedUntil !== undefined) return before
  const recent = Object.entries(before.marks).filter(([, at]) => at + policy.windowMs > nowMs)
  const marks = { ...Object.fromEntries(recent), [mark]: nowMs }
  const next = { ...before, marks }
  return Object.keys(marks).length < policy.failures ? next : opened(next, nowMs, policy)
}

function opened({ marks, pauses }: BreakerState, nowMs: number, policy: BreakerPolicy): BreakerState {
  const { pauseMs, longestPauseMs } = policy
  return { marks, pauses: pauses + 1, pausedUntil: nowMs + Math.min(pauseMs * 2 ** pauses, longestPauseMs) }
}
