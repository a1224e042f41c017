import type { CancelTimer, Clock } from '@netpulse/core'

/**
 * Calls `probe` whenever nothing was done for the interval. A call of the session takes precedence: `pause` before it,
 * `resume` after it.
 */
export class CliKeepalive {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #probe: () => void
  #cancel: CancelTimer | undefined

  /** `intervalMs` 0: never. */
  constructor(clock: Clock, intervalMs: number, probe: () => void) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#probe = probe
  }

  pause(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  resume(): void {
    this.pause()
    if (this.#intervalMs > 0) this.#cancel = this.#clock.setTimer(this.#intervalMs, this.#probe)
  }
}
