import type { CancelTimer, Clock } from '@netpulse/core'

/** Rings once, at the earliest of the moments that it was told of. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #cancel: CancelTimer = () => undefined
  #atMs = Infinity

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings in so many milliseconds at the latest; an earlier ring that is set stays. */
  within(ms: number): void {
    const atMs = this.#clock.monotonicMs() + ms
    if (atMs >= this.#atMs) return
    this.#cancel()
    this.#atMs = atMs
    this.#cancel = this.#clock.setTimer(ms, () => {
      this.#atMs = Infinity
      this.#ring()
    })
  }

  /** Does not ring any more, until it is told of another moment. */
  clear(): void {
    this.#cancel()
    this.#atMs = Infinity
  }
}
