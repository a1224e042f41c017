import type { Clock } from '@netpulse/core'

const firstMs = 1_000
const longestMs = 30_000
/** A process that lived this long was well: the next one is started soon again. */
const wellMs = 60_000

/** Pauses between the lives of a process: a second, doubled up to 30 while it dies young. */
export class BackOff {
  readonly #clock: Clock
  #nextMs = firstMs
  #bornAtMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#bornAtMs = clock.monotonicMs()
  }

  /** A life begins. */
  born(): void {
    this.#bornAtMs = this.#clock.monotonicMs()
  }

  /** A life has ended: how long to wait before the next. Milliseconds. */
  pauseMs(): number {
    if (this.#clock.monotonicMs() - this.#bornAtMs >= wellMs) this.#nextMs = firstMs
    const pause = this.#nextMs
    this.#nextMs = Math.min(pause * 2, longestMs)
    return pause
  }
}
