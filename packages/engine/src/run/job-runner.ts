import type { NetPulseError } from '@netpulse/core'
import { isNetPulseError, toErrorData } from '@netpulse/core'
import type { Claim, Delivery } from '@netpulse/queue'
import type { LendSession } from '../sessions/lent-session.js'
import { Attempt } from './attempt.js'
import type { Conclusion } from './conclude.js'
import type { JobOpener } from './job-opener.js'
import { JobLimits, isClaimLost } from './job-limits.js'
import type { RunnerOptions } from './runner-options.js'

/** How long a driver may take to obey an abort. */
const graceMs = 5_000
/** Pause before a job's end is written once more when the store cannot take it: doubled each time, up to the longest. */
const firstPauseMs = 1_000
const longestPauseMs = 30_000
/** Tries while NetPulse shuts down: it must come to an end. */
const triesAtClose = 3

/** What became of a delivery, for a worker's counters. */
export type DeliveryEnd = 'succeeded' | 'failed' | 'retrying' | 'dropped'

/** Runs deliveries to their end, each within its deadline, and writes what became of them. */
export class JobRunner {
  readonly #options: RunnerOptions
  readonly #running = new Set<JobLimits>()
  #closed: NetPulseError | undefined

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  /** Jobs that run now. */
  get running(): number {
    return this.#running.size
  }

  /** Tells every running job to end. */
  stopAll(reason: NetPulseError): void {
    for (const limits of [...this.#running]) limits.stop(reason)
  }

  /** Ends every running job, and at once each that still arrives. */
  close(reason: NetPulseError): void {
    this.#closed = reason
    this.stopAll(reason)
  }

  /** Resolves when the job's end is stored and its session given back. Never throws. */
  async run(delivery: Delivery, lend: LendSession, opener: JobOpener): Promise<DeliveryEnd> {
    const { clock, isTrusted } = this.#options
    const timeoutMs = delivery.job.request.executionTimeoutSeconds * 1000
    const limits = new JobLimits({ clock, timeoutMs, graceMs, signal: delivery.signal, isTrusted })
    this.#running.add(limits)
    if (this.#closed !== undefined) limits.stop(this.#closed)
    try {
      const attempt = new Attempt(this.#options, delivery, limits)
      const abandoned = limits.abandoned.then(() => attempt.abandon())
      const conclusion = await Promise.race([attempt.run(lend, opener), abandoned])
      limits.end()
      attempt.close()
      const { session } = attempt
      // The claim is lost: the device may have another owner, to whom no goodbye must be said.
      if (conclusion.action === 'drop') session?.lent.session.abandon?.()
      const [end] = await Promise.all([
        this.#write(delivery.claim, conclusion),
        session?.lent.giveBack(session.keep && conclusion.action === 'finish'),
      ])
      return end
    } finally {
      limits.end()
      this.#running.delete(limits)
    }
  }

  async #write(claim: Claim, conclusion: Conclusion): Promise<DeliveryEnd> {
    if (conclusion.action === 'drop') return 'dropped'
    const write = async (): Promise<DeliveryEnd> => {
      if (conclusion.action === 'retry') {
        await this.#options.jobs.retry(claim, conclusion.delayMs, conclusion.error)
        return 'retrying'
      }
      await this.#options.jobs.finish(claim, conclusion.ending)
      return conclusion.ending.status === 'finished' ? 'succeeded' : 'failed'
    }
    return this.#persist(claim, write)
  }

  /**
   * The device has done its part: a store that is away must not lose what it said. As long as the claim holds, nobody
   * else can end the job.
   */
  async #persist(claim: Claim, write: () => Promise<DeliveryEnd>): Promise<DeliveryEnd> {
    for (let tries = 0; ; tries++) {
      try {
        return await write()
      } catch (error) {
        const again = isNetPulseError(error) && error.retryable && !isClaimLost(error)
        if (!again || (this.#closed !== undefined && tries >= triesAtClose)) return this.#lost(claim, error)
        const pauseMs = Math.min(firstPauseMs * 2 ** tries, longestPauseMs)
        await new Promise<void>((resolve) => this.#options.clock.setTimer(pauseMs, resolve))
      }
    }
  }

  #lost(claim: Claim, error: unknown): DeliveryEnd {
    const { code } = toErrorData(error)
    const stack = isNetPulseError(error) ? {} : { stack: String((error as Error).stack) }
    this.#options.log.error({ job: claim.jobId, code, ...stack }, 'The end of a job could not be stored.')
    return 'dropped'
  }
}
