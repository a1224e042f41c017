import type { Clock, Logger } from '@netpulse/core'
import { isNetPulseError, toErrorData } from '@netpulse/core'
import type { CallContext, Session } from '@netpulse/driver-sdk'
import type { JobLimits } from './job-limits.js'
import { limited } from './limited.js'

export interface CleanUpOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly limits: JobLimits
  readonly context: CallContext
  readonly session: Session
}

/** Time for one clean-up step while the attempt goes on, and after it was told to end. */
const patientMs = 30_000
const hurriedMs = 5_000

/**
 * Steps that bring a device back to where it was (discard, leave). They run after an abort too, so they have a limit of
 * their own, and none of them may overrun it, whatever the driver does.
 */
export class CleanUp {
  readonly #options: CleanUpOptions
  #doubt = false

  constructor(options: CleanUpOptions) {
    this.#options = options
  }

  /** A step did not come to its end: the session must not be used again. */
  get doubt(): boolean {
    return this.#doubt
  }

  /** Runs one step. `false`: it failed, was too slow, or may not run since another worker may own the device. */
  async attempt(step: (context: CallContext) => Promise<unknown>): Promise<boolean> {
    if (this.#doubt || !this.#options.session.usable) return this.#failed()
    return this.attemptInDoubt(step)
  }

  /** As `attempt`, also on a session that must not be used again: the driver knows whether it still can. */
  async attemptInDoubt(step: (context: CallContext) => Promise<unknown>): Promise<boolean> {
    const { clock, context, limits, log } = this.#options
    if (limits.claimLost) return this.#failed()
    try {
      const timeoutMs = limits.stopReason === undefined ? patientMs : hurriedMs
      limits.grant(timeoutMs)
      await limited({ clock, timeoutMs }, (signal) => step({ ...context, signal }))
      return true
    } catch (error) {
      const { code, message } = toErrorData(error)
      log.warn({ code, bug: !isNetPulseError(error) }, `A clean-up step on a device failed: ${message}`)
      return this.#failed()
    }
  }

  /** Something else happened after which the session must not be used again. */
  raiseDoubt(): void {
    this.#doubt = true
  }

  #failed(): boolean {
    this.#doubt = true
    return false
  }
}
