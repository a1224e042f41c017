import type { Clock, TransferProgress } from '@netpulse/core'

/** A job that ends sooner is not told of before. */
const firstAfterMs = 300
/** Then it is told this often, at most. */
const everyMs = 500

/** How far a transfer is, on its way to those who watch the job: not more often than anybody can look. */
export class TransferNews {
  readonly #clock: Clock
  readonly #send: (progress: TransferProgress) => void
  #nextMs: number

  constructor(clock: Clock, send: (progress: TransferProgress) => void) {
    this.#clock = clock
    this.#send = send
    this.#nextMs = clock.monotonicMs() + firstAfterMs
  }

  readonly add = (progress: TransferProgress): void => {
    const now = this.#clock.monotonicMs()
    if (now < this.#nextMs) return
    this.#nextMs = now + everyMs
    this.#send(progress)
  }
}
