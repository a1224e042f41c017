import type { CancelTimer, Clock } from '@netpulse/core'
import { coreError, isNetPulseError } from '@netpulse/core'

/** How long one wait may last, and what its end by time is called. */
export interface WaitLimit {
  readonly timeoutMs: number
  readonly timedOut: () => Error
}

/** The signal's reason when it is an error of ours, else ABORTED. */
function abortErrorOf(signal: AbortSignal, what: string): Error {
  const reason: unknown = signal.reason
  return isNetPulseError(reason) ? reason : coreError('ABORTED', `${what} was ended by its caller.`)
}

/**
 * The waits of one opening, one after the other, each with its own limit. The caller's signal and a failure from
 * anywhere below end the wait that runs and all that follow. After `end` no timer and no listener is left.
 */
export class Opening {
  readonly #clock: Clock
  readonly #signal: AbortSignal
  readonly #onAbort: () => void
  #error: Error | undefined
  #reject: ((error: Error) => void) | undefined

  constructor(clock: Clock, signal: AbortSignal, what: string) {
    this.#clock = clock
    this.#signal = signal
    this.#onAbort = () => this.fail(abortErrorOf(signal, what))
    if (signal.aborted) this.#onAbort()
    else signal.addEventListener('abort', this.#onAbort)
  }

  /** Ends the wait that runs and all that follow. The first error counts. */
  fail(error: Error): void {
    this.#error ??= error
    this.#reject?.(this.#error)
  }

  /** `begin` starts what is waited for; a throw of its own ends the wait. */
  async wait<T>(limit: WaitLimit, begin: (resolve: (value: T) => void) => void): Promise<T> {
    if (this.#error !== undefined) throw this.#error
    let cancelTimer: CancelTimer | undefined
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#reject = reject
        cancelTimer = this.#clock.setTimer(limit.timeoutMs, () => this.fail(limit.timedOut()))
        begin(resolve)
      })
    } finally {
      this.#reject = undefined
      cancelTimer?.()
    }
  }

  /** As `wait`, for something that is a promise already. */
  settled<T>(limit: WaitLimit, promise: Promise<T>): Promise<T> {
    return this.wait(limit, (resolve) => {
      promise.then(resolve, (error: unknown) => this.fail(error as Error))
    })
  }

  /** Idempotent. */
  end(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}
