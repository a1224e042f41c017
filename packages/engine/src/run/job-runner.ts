import type { JobRecord, NetPulseError } from '@netpulse/core'
import { isNetPulseError, toErrorData } from '@netpulse/core'
import type { Claim, Delivery } from '@netpulse/queue'
import type { ObservedJob } from '../observer.js'
import type { LendSession } from '../sessions/lent-session.js'
import { Attempt } from './attempt.js'
import type { Conclusion } from './conclude.js'
import type { JobOpener } from './job-opener.js'
import { stagedFileOf } from './staged-file-of.js'
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

const observedJob = ({ request: { driver }, kind, strategy }: JobRecord): ObservedJob => ({ driver, kind, strategy })

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
    const seconds = this.#started(delivery.job)
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
        this.#write(delivery, conclusion, seconds),
        session?.lent.giveBack(session.keep && conclusion.action === 'finish'),
      ])
      return end
    } finally {
      limits.end()
      this.#running.delete(limits)
    }
  }

  /** Returns what measures the seconds from here on. */
  #started(job: JobRecord): () => number {
    const { clock, observe } = this.#options
    const startedMs = clock.monotonicMs()
    const waitSeconds = Math.max(0, clock.now().getTime() - job.createdAt.getTime()) / 1000
    observe({ type: 'job_started', job: observedJob(job), waitSeconds })
    return () => (clock.monotonicMs() - startedMs) / 1000
  }

  async #write({ claim, job }: Delivery, conclusion: Conclusion, seconds: () => number): Promise<DeliveryEnd> {
    if (conclusion.action === 'drop') return 'dropped'
    const { jobs, observe } = this.#options
    const observed = observedJob(job)
    const write = async (): Promise<DeliveryEnd> => {
      if (conclusion.action === 'retry') {
        await jobs.retry(claim, conclusion.delayMs, conclusion.error)
        observe({ type: 'job_retried', job: observed, code: conclusion.error.code })
        return 'retrying'
      }
      const { ending } = conclusion
      const { status, outcome } = ending
      const ended = await jobs.finish(claim, ending)
      await this.#releaseFile(job)
      if (job.request.task !== undefined) this.#options.onTaskStep?.(ended)
      observe({ type: 'job_ended', job: observed, status, outcome, runSeconds: seconds() })
      return status === 'finished' ? 'succeeded' : 'failed'
    }
    return this.#persist(claim, write)
  }

  /** What was uploaded for this job is not needed any more. The sweep sees to what is left behind here. */
  async #releaseFile(job: JobRecord): Promise<void> {
    const id = stagedFileOf(job)
    if (id === undefined) return
    await this.#options.storage?.staged.release(id, job.id).catch((error: unknown) => {
      this.#options.log.warn({ job: job.id, code: toErrorData(error).code }, 'An uploaded file could not be removed.')
    })
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
