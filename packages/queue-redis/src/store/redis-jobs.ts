import type {
  CommandResult,
  ErrorData,
  JobEvent,
  JobId,
  JobRecord,
  JobStatus,
  JournalEntry,
  JsonObject,
  TransferProgress,
} from '@netpulse/core'
import { assertMove, coreError, fitsOutcome, jobStatuses } from '@netpulse/core'
import type {
  CancelOutcome,
  Claim,
  Ending,
  EventQuery,
  JobFilter,
  JobStore,
  Page,
  PageRequest,
  Submission,
  SubmitOutcome,
} from '@netpulse/queue'
import { jobNotFound, lineEventData, queueError } from '@netpulse/queue'
import { auditResultText } from './audit-texts.js'
import type { EventFeed, PassingEvent, PassingMessage } from './event-feed.js'
import type { Housekeeping } from './housekeeping.js'
import type { Kernel } from './kernel.js'
import { listJobs } from './job-list.js'
import type { RecordFields } from './record-fields.js'
import { recordOf } from './record-fields.js'
import { submitJobs } from './submit.js'

/** The claim as the scripts take it, with the name of the call. */
const claimArguments = ({ jobId, attempt, incarnation, token }: Claim, request: string) =>
  [jobId, attempt, incarnation, token ?? '', request] as const

export interface RedisJobsParts {
  readonly kernel: Kernel
  readonly housekeeping: Housekeeping
  readonly feed: EventFeed
}

/** The job store on Redis. */
export class RedisJobs implements JobStore {
  readonly #parts: RedisJobsParts

  constructor(parts: RedisJobsParts) {
    this.#parts = parts
  }

  get #kernel(): Kernel {
    return this.#parts.kernel
  }

  submit(submissions: readonly Submission[]): Promise<readonly SubmitOutcome[]> {
    return submitJobs(this.#kernel, this.#parts.housekeeping, submissions)
  }

  async find(id: JobId): Promise<JobRecord | undefined> {
    const found = (await this.#kernel.run('findOne', id)) as readonly [RecordFields, number] | null
    if (found === null) return undefined
    const [fields, queuePosition] = found
    return queuePosition < 0 ? recordOf(fields) : { ...recordOf(fields), queuePosition }
  }

  list(filter: JobFilter, page: PageRequest): Promise<Page<JobRecord>> {
    return listJobs(this.#kernel, filter, page)
  }

  async journal(claim: Claim, entry: JournalEntry, answers: readonly CommandResult[] = []): Promise<void> {
    const { requests } = this.#kernel
    // The script counts: it puts the index in the place of the 0.
    const lines = answers.flatMap((answer) => [JSON.stringify(answer), JSON.stringify(lineEventData(0, answer))])
    const purpose = `journal ${claim.jobId} ${claim.attempt} ${JSON.stringify(entry)}`
    const answer = await requests.run(purpose, (name) =>
      this.#kernel.run('journal', ...claimArguments(claim, name), JSON.stringify(entry), ...lines),
    )
    if (answer === 'stale') throw this.#stale(claim)
    this.#kernel.deliveries.note(claim, entry)
  }

  async finish(claim: Claim, ending: Ending): Promise<JobRecord> {
    checkEnding(claim, ending)
    const { deliveries } = this.#kernel
    const record = deliveries.recordOf(claim)
    const { status, outcome, result, holdDevice = '', event = '' } = ending
    const values = [status, outcome, JSON.stringify(result), jsonOf(result.error), holdDevice] as const
    const kept = auditResultText(record, result)
    const answer = await this.#write(claim, 'finish', [...values, kept, event])
    if (answer === 'stale') throw this.#stale(claim)
    deliveries.close(claim)
    const [endedAt, cancelRequested] = answer as readonly [string, number]
    if (record === undefined) return (await this.find(claim.jobId))!
    const request = { ...record.request, sealedConnection: '' }
    const ended = { status, outcome, result, endedAt: new Date(Number(endedAt)), progress: [] }
    return { ...record, request, ...ended, cancelRequested: cancelRequested === 1 }
  }

  async retry(claim: Claim, delayMs: number, error: ErrorData): Promise<void> {
    const answer = await this.#write(claim, 'retry', [delayMs, JSON.stringify(error)])
    if (answer === 'stale') throw this.#stale(claim)
    if (answer === 'used') throw queueError('ATTEMPTS_USED', `Job ${claim.jobId} has used its attempts.`)
    this.#kernel.deliveries.close(claim)
    this.#parts.housekeeping.within(delayMs)
  }

  async cancel(id: JobId): Promise<CancelOutcome> {
    return (await this.#kernel.run('cancel', id)) as CancelOutcome
  }

  async ended(id: JobId, signal: AbortSignal): Promise<JobRecord> {
    signal.throwIfAborted()
    this.#kernel.assertOpen()
    const ended = await this.#parts.feed.untilEnded(id, signal, () => this.find(id))
    if (ended === undefined) throw jobNotFound(id)
    return ended
  }

  output(id: JobId, attempt: number, text: string): void {
    this.#tell(id, 'output', { attempt, text })
  }

  progress(id: JobId, attempt: number, progress: TransferProgress): void {
    this.#tell(id, 'progress', { attempt, ...progress })
  }

  #tell(id: JobId, type: PassingEvent, data: JsonObject): void {
    if (!this.#kernel.isOpen) return
    const { commands } = this.#kernel.connections
    const message: PassingMessage = { at: this.#kernel.clock.now().getTime(), type, data }
    // Nobody waits for it, and the end of the job has all of it.
    commands.publish(this.#kernel.key(`o:${id}`), JSON.stringify(message)).catch(() => undefined)
  }

  events(query: EventQuery): AsyncIterable<JobEvent> {
    this.#kernel.assertOpen()
    return this.#parts.feed.follow(query)
  }

  async counts(): Promise<Readonly<Record<JobStatus, number>>> {
    this.#kernel.assertOpen()
    const { commands } = this.#kernel.connections
    const counts = await this.#kernel.ask(
      Promise.all(jobStatuses.map((status) => commands.zcard(this.#kernel.key(`x:s:${status}`)))),
    )
    return Object.fromEntries(jobStatuses.map((status, index) => [status, counts[index]!])) as Record<JobStatus, number>
  }

  #write(claim: Claim, script: 'finish' | 'retry', values: readonly (string | number)[]): Promise<unknown> {
    const purpose = `${script} ${claim.jobId} ${claim.attempt}`
    return this.#kernel.requests.run(purpose, (name) =>
      this.#kernel.run(script, ...claimArguments(claim, name), ...values),
    )
  }

  #stale(claim: Claim): Error {
    this.#kernel.deliveries.close(claim)
    return queueError('STALE_CLAIM', `Attempt ${claim.attempt} of job ${claim.jobId} is not the one that runs now.`)
  }
}

const jsonOf = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value))

/** @throws INVALID_TRANSITION */
function checkEnding({ jobId }: Claim, { status, outcome }: Ending): void {
  assertMove('started', status, jobId)
  if (fitsOutcome(status, outcome)) return
  throw coreError('INVALID_TRANSITION', `Job ${jobId} cannot be ${status} with outcome ${outcome}.`)
}
