const firstMs = 1_000
const factor = 4
const longestMs = 30_000

/**
 * How long a job waits before its next attempt: 1 s, 4 s, 16 s, ... up to 30 s, each moved by up to a quarter either
 * way, so that the devices of one failed switch are not dialled all at once.
 */
export function retryDelayMs(attempt: number, random: () => number): number {
  const base = Math.min(firstMs * factor ** (attempt - 1), longestMs)
  return Math.round(base * (0.75 + random() / 2))
}
