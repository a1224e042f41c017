import type { CancelTimer, Clock, NetPulseError } from '@netpulse/core'
import { isNetPulseError } from '@netpulse/core'
import { queueError } from '@netpulse/queue'
import { engineError } from '../errors.js'

export interface JobLimitsOptions {
  readonly clock: Clock
  /** Hard deadline of the attempt. */
  readonly timeoutMs: number
  /** How long a driver may take to obey an abort before the attempt is given up without it. */
  readonly graceMs: number
  /** The delivery's signal: a cancel, or the loss of the claim. */
  readonly signal: AbortSignal
  /** Whether this node may still talk to devices, by its own clock. */
  readonly isTrusted: () => boolean
}

/**
 * When and why one attempt has to end, enforced outside the driver.
 *
 * | what comes | open | shielded (a change is under way) | sealed (the change is being put in force) |
 * |---|---|---|---|
 * | deadline, lost claim | aborts at once | aborts at once | aborts at once |
 * | drain | aborts at once | ends at the next safe point; aborts when none comes within the grace | as shielded |
 * | cancel | aborts at once | as drain | comes too late |
 *
 * A driver that ignores the abort is left behind after the grace: `abandoned` resolves.
 */
export class JobLimits {
  readonly #options: JobLimitsOptions
  readonly #controller = new AbortController()
  readonly #startedMs: number
  readonly #onSignal = (): void => this.stop(this.#options.signal.reason as NetPulseError)
  #cancelTimer: CancelTimer
  #shielded = false
  #sealed = false
  #stopReason: NetPulseError | undefined
  #abandon: () => void = () => undefined
  /** Resolves when the driver did not obey an abort in time. */
  readonly abandoned = new Promise<void>((resolve) => (this.#abandon = resolve))

  constructor(options: JobLimitsOptions) {
    this.#options = options
    this.#startedMs = options.clock.monotonicMs()
    this.#cancelTimer = options.clock.setTimer(options.timeoutMs, () => this.#abort(this.#timeout()))
    if (options.signal.aborted) this.#onSignal()
    else options.signal.addEventListener('abort', this.#onSignal, { once: true })
  }

  /** What device calls get. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Why the attempt has to end; `undefined` while it need not. */
  get stopReason(): NetPulseError | undefined {
    return this.#stopReason
  }

  /** Whether another worker may own the device, by this node's own clock too: nothing may be sent then. */
  get claimLost(): boolean {
    const { signal, isTrusted } = this.#options
    return isClaimLost(this.#stopReason) || isClaimLost(signal.reason) || !isTrusted()
  }

  get elapsedMs(): number {
    return this.#options.clock.monotonicMs() - this.#startedMs
  }

  /** From here on a cancel or a drain waits for the next safe point. */
  shield(): void {
    this.#shielded = true
  }

  /** From here on a cancel comes too late: turning back would be less certain than going on. */
  seal(): void {
    this.#sealed = true
  }

  /** More time for clean-up steps after an abort. */
  grant(ms: number): void {
    if (this.#controller.signal.aborted) this.#setTimer(ms + this.#options.graceMs, () => this.#abandon())
  }

  /** A safe point. @throws the reason why the attempt has to end */
  throwIfStopping(): void {
    // A process that was stopped for a while gets here before its timers do.
    if (!this.#options.isTrusted()) this.#abort(queueError('LEASE_LOST', 'This node lost its right to the device.'))
    if (this.#stopReason !== undefined) throw this.#stopReason
  }

  /** Asks the attempt to end. The first reason counts, but the loss of the claim overrules: nothing may be sent then. */
  stop(reason: NetPulseError): void {
    const lost = isClaimLost(reason)
    if (!this.#shielded || lost) return this.#abort(reason)
    if (this.#stopReason !== undefined || (this.#sealed && isNetPulseError(reason, 'CANCELED'))) return
    this.#stopReason = reason
    this.#setTimer(this.#options.graceMs, () => this.#abort(reason))
  }

  /** Ends timers and listeners; harmless when called twice. */
  end(): void {
    this.#cancelTimer()
    this.#options.signal.removeEventListener('abort', this.#onSignal)
  }

  #abort(reason: NetPulseError): void {
    if (this.#controller.signal.aborted) return
    this.#stopReason = reason
    this.#setTimer(this.#options.graceMs, () => this.#abandon())
    this.#controller.abort(reason)
  }

  #setTimer(delayMs: number, run: () => void): void {
    this.#cancelTimer()
    this.#cancelTimer = this.#options.clock.setTimer(delayMs, run)
  }

  #timeout(): NetPulseError {
    const seconds = this.#options.timeoutMs / 1000
    return engineError('EXECUTION_TIMEOUT', `The job did not end within its execution timeout of ${seconds} s.`)
  }
}

/** Whether another worker may own the job now: nothing more may be sent to the device or written about the job. */
export const isClaimLost = (error: unknown): boolean =>
  isNetPulseError(error, 'LEASE_LOST') || isNetPulseError(error, 'STALE_CLAIM')
