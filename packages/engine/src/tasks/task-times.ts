import type { TaskRecord } from '@netpulse/queue'

/** When a task is looked at. Milliseconds. */
export const taskTimes = {
  /** A look that its worker did not tell of: it expired, or the worker was lost. */
  recheckMs: 15_000,
  /** Whoever looks after a task and dies leaves it to others after this. */
  claimMs: 30_000,
  /** The first look at a task whose webhook is told of the end only; each later one waits twice as long as the last. */
  firstLookMs: 5_000,
  longestLookMs: 600_000,
  /** A device that cannot be reached for this long is given up. */
  outOfReachMs: 86_400_000,
  /** A task stays known after its end. */
  keepEndedMs: 300_000,
  /** A launch of which nobody has heard is looked for at its device. */
  launchLostMs: 600_000,
} as const

const doubled = (times: number): number =>
  Math.min(taskTimes.firstLookMs * 2 ** Math.min(times, 20), taskTimes.longestLookMs)

/** When a task that runs is to be looked at again. */
export function nextLookMs({ pushIntervalSeconds, looks }: TaskRecord): number {
  return pushIntervalSeconds === undefined ? doubled(looks) : pushIntervalSeconds * 1000
}

/** When a look that failed is to be repeated. */
export const retryLookMs = ({ failures }: TaskRecord): number => doubled(Math.max(0, failures - 1))
