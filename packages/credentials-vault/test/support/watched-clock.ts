import type { CancelTimer } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'

/** A fake clock that tells when somebody plans something: the sign that what came before is done. */
export class WatchedClock extends FakeClock {
  readonly #waiting: { readonly delayMs: number; readonly resolve: () => void }[] = []

  /** Resolves at the next timer of this delay, to the millisecond. */
  timerOf(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ delayMs, resolve }))
  }

  override setTimer(delayMs: number, run: () => void): CancelTimer {
    for (const [index, { delayMs: wanted, resolve }] of [...this.#waiting.entries()].reverse()) {
      if (Math.round(delayMs) !== wanted) continue
      this.#waiting.splice(index, 1)
      resolve()
    }
    return super.setTimer(delayMs, run)
  }
}
