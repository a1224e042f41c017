import type {
  Clock,
  DeviceId,
  ErrorData,
  JobRecord,
  Logger,
  NetPulseError,
  NewJob,
  NodeId,
  Schema,
} from '@netpulse/core'
import { compileSchema, isNetPulseError, toErrorData } from '@netpulse/core'
import type { JobStore, Submission, SubmitOutcome } from '@netpulse/queue'
import { laneOf } from '@netpulse/queue'
import { engineError } from '../errors.js'
import type { BulkOutcome, SubmitOptions, SubmitRequest } from '../netpulse.js'
import type { CredentialResolver, Sealer } from '@netpulse/credentials'
import { referencedLogins } from '../credentials/login-lists.js'
import { completeConnection, hiddenTexts, resolveLogins } from '../credentials/resolved-connection.js'
import type { CommandPolicy } from '../policy/command-policy.js'
import type { WebhookIntake } from '../webhooks/webhook-intake.js'
import type { CheckedRequest } from './checked-request.js'
import { checkRequest } from './checked-request.js'
import type { DriverCatalog } from './driver-catalog.js'
import { invalidRequest } from './invalid-request.js'
import { newJobOf } from './new-job.js'
import type { Placement } from './placement.js'
import { Repeatable } from './repeatable.js'
import { submitOptionsSchema, submitRequestSchema } from './request-schema.js'

export interface SubmitterOptions {
  readonly catalog: DriverCatalog
  readonly policy: CommandPolicy
  readonly sealer: Sealer
  readonly credentials: Pick<CredentialResolver, 'check' | 'resolve'>
  /** Whether references are resolved here, and not by the worker. */
  readonly resolvesHere: boolean
  readonly placement: Placement
  readonly webhooks: Pick<WebhookIntake, 'violationsOf' | 'withWebhook'>
  readonly jobs: Pick<JobStore, 'submit'>
  readonly clock: Clock
  readonly log: Logger
  /** Asks this process's node to give up devices that rest. */
  readonly makeRoom: (count: number) => Promise<void>
}

/** Turns requests into stored jobs. */
export class Submitter {
  readonly #options: SubmitterOptions
  readonly #shape: Schema<SubmitRequest> = compileSchema(submitRequestSchema)
  readonly #optionsShape: Schema<SubmitOptions> = compileSchema(submitOptionsSchema)

  constructor(options: SubmitterOptions) {
    this.#options = options
  }

  /**
   * @throws INVALID_INPUT, DRIVER_UNKNOWN, COMMAND_DENIED, IDEMPOTENCY_CONFLICT, NO_WORKER, QUEUE_FULL, STORE_UNAVAILABLE,
   * and what the resolver throws
   */
  async submit(request: SubmitRequest, options?: SubmitOptions): Promise<JobRecord> {
    const checked = await this.#check(request)
    const repeatable = this.#repeatable([request], options)
    const job = this.#jobOf(checked, 0, repeatable)
    const [outcome] = await this.#store([job], repeatable)
    return recordOf(outcome!, job)
  }

  /**
   * Requests that are not valid, and jobs that find no room, do not touch the others.
   * @throws IDEMPOTENCY_CONFLICT, STORE_UNAVAILABLE
   */
  async submitMany(requests: readonly SubmitRequest[], options?: SubmitOptions): Promise<readonly BulkOutcome[]> {
    const checked = await Promise.all(requests.map((request) => this.#checkOrError(request)))
    const repeatable = this.#repeatable(requests, options)
    // Whatever is first has place 0, so that every request under one key has a job of this name.
    const first = checked.findIndex((one) => 'request' in one)
    const jobs = checked.map((one, index) =>
      'request' in one ? this.#jobOf(one, index === first ? 0 : index + 1, repeatable) : one,
    )
    const byJob = await this.#storeInTurn(
      jobs.filter((one): one is NewJob => 'id' in one),
      repeatable,
    )
    return jobs.map((one, index): BulkOutcome => {
      const host = hostOf(requests[index])
      if (!('id' in one)) return { host, error: one }
      const outcome = byJob.get(one)!
      return 'job' in outcome ? { job: outcome.job } : { host, error: toErrorData(refusal(outcome, one)) }
    })
  }

  /** Of a request that may be repeated the first job alone, so that a conflict is found before anything is stored. */
  async #storeInTurn(
    jobs: readonly NewJob[],
    repeatable: Repeatable | undefined,
  ): Promise<ReadonlyMap<NewJob, SubmitOutcome>> {
    const groups = repeatable === undefined ? [jobs] : [jobs.slice(0, 1), jobs.slice(1)]
    const outcomes: SubmitOutcome[] = []
    for (const group of groups) if (group.length > 0) outcomes.push(...(await this.#store(group, repeatable)))
    return new Map(jobs.map((job, index) => [job, outcomes[index]!]))
  }

  /** A reference that cannot be looked up is refused at once, whoever resolves it. */
  async #withCredential(checked: CheckedRequest): Promise<CheckedRequest> {
    const { credential, ...request } = checked.request
    const { driver } = checked
    const logins = referencedLogins(driver.loginLists, checked.connection, credential)
    if (logins.length === 0) return checked
    const { credentials, resolvesHere } = this.#options
    for (const { reference } of logins) credentials.check(reference)
    if (!resolvesHere) return checked
    const resolved = await resolveLogins(credentials, logins, new AbortController().signal)
    const connection = completeConnection(driver, checked.connection, resolved)
    return { ...checked, request, connection, secrets: hiddenTexts(resolved) }
  }

  #repeatable(requests: readonly SubmitRequest[], options: SubmitOptions = {}): Repeatable | undefined {
    const { idempotencyKey } = this.#optionsShape.parse(options, 'The options of a submit')
    return idempotencyKey === undefined ? undefined : new Repeatable(this.#options.sealer, idempotencyKey, requests)
  }

  #jobOf(checked: CheckedRequest, place: number, of: Repeatable | undefined): NewJob {
    const { sealer, clock, webhooks } = this.#options
    const repeat = of === undefined ? {} : { repeat: { of, place } }
    return webhooks.withWebhook(newJobOf(checked, { sealer, now: clock.now(), ...repeat }), checked.request.webhook)
  }

  async #check(request: SubmitRequest): Promise<CheckedRequest> {
    const ofShape = this.#shape.check(request)
    if (ofShape.length > 0) throw invalidRequest(ofShape)
    const { webhook } = request
    const violations = webhook === undefined ? [] : this.#options.webhooks.violationsOf(webhook)
    if (violations.length > 0) throw invalidRequest(violations)
    const { catalog, policy } = this.#options
    const checked = await checkRequest(catalog, request)
    policy.assertAllowed({ ...checked, ...(request.policy === undefined ? {} : { policy: request.policy }) })
    return this.#withCredential(checked)
  }

  async #checkOrError(request: SubmitRequest): Promise<CheckedRequest | ErrorData> {
    try {
      return await this.#check(request)
    } catch (error) {
      if (!isNetPulseError(error))
        this.#options.log.error({ stack: String((error as Error).stack) }, 'A request could not be checked.')
      return toErrorData(error)
    }
  }

  /** Stores the jobs; what finds no room gets a second chance after resting devices made some. */
  async #store(jobs: readonly NewJob[], repeatable: Repeatable | undefined): Promise<readonly SubmitOutcome[]> {
    const outcomes = await this.#submit(jobs)
    if (repeatable !== undefined)
      for (const outcome of outcomes) if (outcome.state === 'duplicate') repeatable.assertSame(outcome.job)
    const homeless = jobs.filter((_, index) => outcomes[index]!.state === 'no_capacity')
    if (homeless.length === 0) return outcomes
    this.#options.placement.forget()
    await this.#options.makeRoom(new Set(homeless.map((job) => job.request.device.id)).size)
    const second = new Map(homeless.map((job) => [job, undefined as SubmitOutcome | undefined]))
    for (const [index, outcome] of (await this.#submit(homeless)).entries()) second.set(homeless[index]!, outcome)
    return outcomes.map((outcome, index) => second.get(jobs[index]!) ?? outcome)
  }

  async #submit(jobs: readonly NewJob[]): Promise<readonly SubmitOutcome[]> {
    const { placement, jobs: store } = this.#options
    const devices = jobs.filter((job) => laneOf(job) === 'device').map((job) => job.request.device.id)
    const places: ReadonlyMap<DeviceId, readonly NodeId[]> =
      devices.length === 0 ? new Map() : await placement.place(devices)
    const submissions: Submission[] = jobs.map((job) => ({ job, nodes: places.get(job.request.device.id) ?? [] }))
    return store.submit(submissions)
  }
}

/** A request of the wrong shape may have its host anywhere, or nowhere. */
function hostOf(request: SubmitRequest | undefined): string {
  const host = (request as { connectionArgs?: { host?: unknown } } | undefined)?.connectionArgs?.host
  return typeof host === 'string' ? host : ''
}

function recordOf(outcome: SubmitOutcome, job: NewJob): JobRecord {
  if ('job' in outcome) return outcome.job
  throw refusal(outcome, job)
}

function refusal(outcome: Exclude<SubmitOutcome, { job: JobRecord }>, job: NewJob): NetPulseError {
  const { host } = job.request.device
  if (outcome.state === 'no_capacity') return engineError('NO_WORKER', `No node has room for ${host}. Try again later.`)
  const { retryAfterSeconds } = outcome
  return engineError('QUEUE_FULL', `Too many jobs wait; the one for ${host} was not taken. Try again later.`, {
    details: { retryAfterSeconds },
  })
}
