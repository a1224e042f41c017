import type { CredentialReference, JobRecord, JobResult, Redactor } from '@netpulse/core'
import { createRedactor, isNetPulseError } from '@netpulse/core'
import type { CallContext, Session } from '@netpulse/driver-sdk'
import type { Delivery, Ending } from '@netpulse/queue'
import type { LendSession, LentSession } from '../sessions/lent-session.js'
import { CleanUp } from './clean-up.js'
import type { Conclusion } from './conclude.js'
import { conclude } from './conclude.js'
import type { JobLimits } from './job-limits.js'
import type { JobRun, RunAnswer } from './job-run.js'
import { newProgress } from './job-run.js'
import type { JobOpener, OpenedJob } from './job-opener.js'
import { JournalWriter } from './journal-writer.js'
import { LiveOutput } from './live-output.js'
import { OutputMeter } from './output-meter.js'
import { redactError } from './redaction.js'
import { runCommands } from './run-commands.js'
import { runConfig } from './run-config.js'
import { runTask } from './run-task.js'
import { runTransfer } from './run-transfer.js'
import type { RunnerOptions } from './runner-options.js'
import { Transcript } from './transcript.js'
import { TransferNews } from './transfer-news.js'
import { endsFollowing } from '../tasks/task-end.js'

/** What the session's owner has to know afterwards. */
export interface AttemptSession {
  readonly lent: LentSession
  readonly keep: boolean
}

/** Bytes of a log that one look brings. */
const longestLogPart = 256 * 1024

const noLimits = { perCommand: Infinity, perJob: Infinity }

/** One attempt at a job, from the delivery to what becomes of it. */
export class Attempt {
  readonly #options: RunnerOptions
  readonly #job: JobRecord
  readonly #limits: JobLimits
  readonly #journal: JournalWriter
  readonly #progress = newProgress()
  #redactor: Redactor = createRedactor([])
  #references: readonly CredentialReference[] = []
  #transcript: Transcript | undefined
  #output: LiveOutput | undefined
  readonly #meter: OutputMeter
  #lent: LentSession | undefined
  #keep = false

  constructor(options: RunnerOptions, delivery: Delivery, limits: JobLimits) {
    this.#options = options
    this.#job = delivery.job
    this.#limits = limits
    this.#meter = new OutputMeter(options.outputLimits ?? noLimits, (error) => limits.stop(error))
    this.#journal = new JournalWriter(options.jobs, delivery.claim)
  }

  /** The session that was used, if it came to that. */
  get session(): AttemptSession | undefined {
    return this.#lent === undefined ? undefined : { lent: this.#lent, keep: this.#keep }
  }

  /** Runs to an end. Never throws: what goes wrong decides what becomes of the job. */
  async run(lend: LendSession, opener: JobOpener): Promise<Conclusion> {
    try {
      this.#limits.throwIfStopping()
      const opened = await opener.open(this.#job, this.#options, this.#limits.signal)
      this.#redactor = opened.redactor
      this.#references = opened.references
      const context = this.#listen()
      this.#lent = await lend(opened.spec, context, () => this.#limits.throwIfStopping())
      return this.#answered(await this.#work(this.#lent, opened, context))
    } catch (error) {
      return this.#broken(error)
    }
  }

  /** The driver did not obey: what it was doing is left behind, and nothing that it still answers counts. */
  abandon(): Conclusion {
    this.#progress.uncertain ||= this.#progress.touched && this.#progress.accepted > 0
    this.#keep = false
    return this.#broken(this.#limits.stopReason)
  }

  /** Nothing more is written about this attempt but its end. */
  close(): void {
    this.#journal.close()
    this.#output?.end()
  }

  async #work(lent: LentSession, opened: OpenedJob, context: CallContext): Promise<RunAnswer> {
    const { session } = lent
    const run = this.#runOn(lent, opened, context)
    const { task, operation } = this.#job.request
    if (task !== undefined || operation.type !== 'config') {
      const answer = await this.#ask(session, run)
      this.#keep = session.usable
      return answer
    }
    const { clock, log } = this.#options
    const cleanUp = new CleanUp({ clock, log, limits: this.#limits, context, session })
    const answer = await runConfig(session, run, cleanUp)
    this.#keep = session.usable && !cleanUp.doubt
    return answer
  }

  #ask(session: Session, run: JobRun): Promise<RunAnswer> {
    const { clock } = this.#options
    const { task, operation } = this.#job.request
    if (task !== undefined) return runTask(session, run, task, { clock, maxBytes: this.#logBytes() })
    return operation.type === 'command' ? runCommands(session, run) : this.#transfer(session, run)
  }

  #transfer(session: Session, run: JobRun): Promise<RunAnswer> {
    const { clock, jobs } = this.#options
    const { id, attempt } = this.#job
    const news = new TransferNews(clock, (progress) => jobs.progress(id, attempt, progress))
    return runTransfer(session, run, { ...run.context, onProgress: news.add })
  }

  /** A part of a log is an answer like any other. */
  #logBytes(): number {
    return Math.min(longestLogPart, (this.#options.outputLimits ?? noLimits).perCommand)
  }

  #runOn(lent: LentSession, opened: OpenedJob, context: CallContext): JobRun {
    return {
      job: this.#job,
      limits: this.#limits,
      journal: this.#journal,
      progress: this.#progress,
      redactor: this.#redactor,
      context,
      send: { options: opened.driverOptions, switches: this.#job.request.switches },
      sessionReused: lent.reused,
      output: this.#meter,
      ...(this.#options.storage === undefined ? {} : { storage: this.#options.storage }),
    }
  }

  #listen(): CallContext {
    const { clock, jobs } = this.#options
    const { id, attempt } = this.#job
    if (this.#job.request.transcript) this.#transcript = new Transcript(this.#redactor)
    const output = new LiveOutput(this.#redactor, clock, (text) => jobs.output(id, attempt, text))
    this.#output = output
    return {
      signal: this.#limits.signal,
      ...(this.#transcript === undefined ? {} : { onTraffic: this.#transcript.add }),
      onOutput: this.#onOutput(output),
    }
  }

  #onOutput(output: LiveOutput): (text: string) => void {
    const meter = this.#meter
    return (text) => {
      meter.add(text)
      if (meter.error === undefined) output.add(text)
    }
  }

  #answered({ status, outcome, event, ...answer }: RunAnswer): Conclusion {
    const error = answer.error === undefined ? {} : { error: redactError(answer.error, this.#redactor) }
    const result = { results: this.#progress.results, ...answer, ...error, ...this.#recorded() }
    return { action: 'finish', ending: { status, outcome, result, ...(event === undefined ? {} : { event }) } }
  }

  #broken(thrown: unknown): Conclusion {
    // After an abort a driver throws whatever it likes; the reason of the abort is what happened.
    const cause = this.#limits.stopReason ?? thrown
    if (!isNetPulseError(thrown)) this.#logBug(thrown)
    this.#forgetRefused(thrown)
    const { holdUnknown, durable, random } = this.#options
    const conclusion = conclude({
      job: this.#job,
      progress: this.#progress,
      cause,
      sessionReused: this.#lent?.reused ?? false,
      holdUnknown,
      durable,
      random,
      redactor: this.#redactor,
    })
    if (conclusion.action !== 'finish') return conclusion
    const { ending } = conclusion
    const result = { ...ending.result, ...this.#recorded() }
    return { action: 'finish', ending: { ...ending, result, ...this.#brokenEvent(ending) } }
  }

  /** A look that failed for good is the last that is told of its task. */
  #brokenEvent({ status, result: { error } }: Ending): Pick<Ending, 'event'> {
    const { task } = this.#job.request
    if (status !== 'failed' || error === undefined || task?.action !== 'read' || task.purpose === 'answer') return {}
    return endsFollowing(error, task) ? { event: 'detached.failed' } : {}
  }

  /** A device that refuses a remembered secret may have been given a new one: the next job asks anew. */
  #forgetRefused(thrown: unknown): void {
    if (!isNetPulseError(thrown, 'AUTH_FAILED') && !isNetPulseError(thrown, 'ENABLE_FAILED')) return
    for (const reference of this.#references) this.#options.credentials.forget(reference)
  }

  #recorded(): Pick<JobResult, 'transcript'> {
    return this.#transcript === undefined ? {} : { transcript: this.#transcript.toString() }
  }

  #logBug(thrown: unknown): void {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    this.#options.log.error(
      { job: this.#job.id, driver: this.#job.request.driver, stack: this.#redactor.redact(stack) },
      'A job ended by a bug.',
    )
  }
}
