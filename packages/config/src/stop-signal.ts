import type { Clock } from '@netpulse/core'
import { systemClock } from '@netpulse/core'

const numbers = { SIGINT: 2, SIGTERM: 15 } as const

/** Name of a signal that asks the process to end. */
export type StopSignal = keyof typeof numbers

/** Ctrl-C reaches a whole process group, and npm passes it on as well: what comes this soon is the same signal. */
const sameSignalMs = 500

/**
 * Waits for SIGTERM or SIGINT, from the moment of the call. A second one ends the process at once with 128 plus the
 * signal's number, as shells count.
 */
export function stopSignal(clock: Clock = systemClock): Promise<StopSignal> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined
    for (const [name, number] of Object.entries(numbers)) {
      process.on(name, () => {
        const nowMs = clock.monotonicMs()
        if (firstAtMs !== undefined && nowMs - firstAtMs >= sameSignalMs) process.exit(128 + number)
        firstAtMs ??= nowMs
        resolve(name as StopSignal)
      })
    }
  })
}
