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
import type { JobStore, Submission, SubmitOutcome, TaskRegistry } from '@netpulse/queue'
import { laneOf } from '@netpulse/queue'
import type { Storage } from '@netpulse/storage'
import { storageError } from '@netpulse/storage'
import { engineError } from '../errors.js'
import type { BulkOutcome, SubmitOptions, SubmitRequest } from '../netpulse.js'
import type { CredentialResolver, Sealer } from '@netpulse/credentials'
import type { AuditIntake } from '../audit/audit-intake.js'
import { referencedLogins } from '../credentials/login-lists.js'
import { completeConnection, hiddenTexts, resolveLogins } from '../credentials/resolved-connection.js'
import type { CommandPolicy } from '../policy/command-policy.js'
import type { WebhookIntake } from '../webhooks/webhook-intake.js'
import type { CheckedRequest, CheckedTransfer } from './checked-request.js'
import { checkRequest } from './checked-request.js'
import type { DriverCatalog } from './driver-catalog.js'
import { transferOf } from './file-transfer.js'
import { invalidRequest } from './invalid-request.js'
import { newJobOf } from './new-job.js'
import type { Placement } from './placement.js'
import { Launches } from './launches.js'
import { Repeatable } from './repeatable.js'
import { repeatedContent } from './repeated-content.js'
import { withStagedFiles } from './staged-files-of-jobs.js'
import { submitOptionsSchema, submitRequestSchema } from './request-schema.js'

export interface SubmitterOptions {
  readonly catalog: DriverCatalog
  readonly policy: CommandPolicy
  readonly sealer: Sealer
  readonly credentials: Pick<CredentialResolver, 'check' | 'resolve'>
  /** Whether references are resolved here, and not by the worker. */
  readonly resolvesHere: boolean
  readonly placement: Placement
  readonly webhooks: Pick<WebhookIntake, 'violationsOf' | 'withWebhook' | 'withTaskWebhook'>
  readonly tasks: Pick<TaskRegistry, 'add' | 'remove'>
  readonly audit: AuditIntake
  readonly jobs: Pick<JobStore, 'submit'>
  /** Where uploaded files are. @defaultValue nowhere: transfers are refused */
  readonly storage?: Storage
  readonly clock: Clock
  readonly log: Logger
  /** Asks this process's node to give up devices that rest. */
  readonly makeRoom: (count: number) => Promise<void>
}

/** What the jobs of one call have in common. */
interface Batch {
  readonly repeatable: Repeatable | undefined
  readonly launches: Launches
  readonly options: SubmitOptions | undefined
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
   * @throws INVALID_INPUT, DRIVER_UNKNOWN, COMMAND_DENIED, AUDIT_REQUIRED, IDEMPOTENCY_CONFLICT, NO_WORKER, QUEUE_FULL,
   * STORE_UNAVAILABLE,
   * and what the resolver throws
   */
  async submit(request: SubmitRequest, options?: SubmitOptions): Promise<JobRecord> {
    const checked = await this.#check(request)
    const repeatable = this.#repeatable([request], [checked], options)
    const batch = this.#batch(repeatable, options)
    const job = this.#jobOf(checked, 0, batch)
    const [outcome] = await this.#store([job], batch)
    return recordOf(outcome!, job)
  }

  /**
   * Requests that are not valid, and jobs that find no room, do not touch the others.
   * @throws IDEMPOTENCY_CONFLICT, STORE_UNAVAILABLE
   */
  async submitMany(requests: readonly SubmitRequest[], options?: SubmitOptions): Promise<readonly BulkOutcome[]> {
    const checked = await Promise.all(requests.map((request) => this.#checkOrError(request)))
    const repeatable = this.#repeatable(requests, checked, options)
    // Whatever is first has place 0, so that every request under one key has a job of this name.
    const first = checked.findIndex((one) => 'request' in one)
    const batch = this.#batch(repeatable, options)
    const jobs = checked.map((one, index) =>
      'request' in one ? this.#jobOf(one, index === first ? 0 : index + 1, batch) : one,
    )
    const byJob = await this.#storeInTurn(
      jobs.filter((one): one is NewJob => 'id' in one),
      batch,
    )
    return jobs.map((one, index): BulkOutcome => {
      const host = hostOf(requests[index])
      if (!('id' in one)) return { host, error: one }
      const outcome = byJob.get(one)!
      return 'job' in outcome ? { job: outcome.job } : { host, error: toErrorData(refusal(outcome, one)) }
    })
  }

  /** Of a request that may be repeated the first job alone, so that a conflict is found before anything is stored. */
  async #storeInTurn(jobs: readonly NewJob[], batch: Batch): Promise<ReadonlyMap<NewJob, SubmitOutcome>> {
    const groups = batch.repeatable === undefined ? [jobs] : [jobs.slice(0, 1), jobs.slice(1)]
    const outcomes: SubmitOutcome[] = []
    for (const group of groups) if (group.length > 0) outcomes.push(...(await this.#store(group, batch)))
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

  #repeatable(
    requests: readonly SubmitRequest[],
    checked: readonly (CheckedRequest | ErrorData)[],
    options: SubmitOptions = {},
  ): Repeatable | undefined {
    const { idempotencyKey } = this.#optionsShape.parse(options, 'The options of a submit')
    if (idempotencyKey === undefined) return undefined
    const repeated = requests.map((request, index) => {
      const one = checked[index]!
      return 'request' in one ? repeatedContent(request, one.staged) : request
    })
    return new Repeatable(this.#options.sealer, idempotencyKey, repeated)
  }

  /** What a request wants copied. @throws STORAGE_NOT_SHARED, STAGED_FILE_UNKNOWN, PATH_DENIED */
  async #transfer({ fileTransfer, owner = '' }: SubmitRequest): Promise<CheckedTransfer | undefined> {
    if (fileTransfer === undefined) return undefined
    const { storage } = this.#options
    if (storage === undefined)
      throw storageError(
        'STORAGE_NOT_SHARED',
        'Files need a staging folder that all servers and workers share: storage.staging.',
      )
    const { stagedFileId } = fileTransfer
    const staged = stagedFileId === undefined ? undefined : await storage.staged.get(stagedFileId, owner)
    return { check: transferOf(fileTransfer, { storage, staged }), staged }
  }

  #batch(repeatable: Repeatable | undefined, options: SubmitOptions | undefined): Batch {
    const { tasks, sealer, webhooks } = this.#options
    return { repeatable, options, launches: new Launches({ registry: tasks, sealer, webhooks }) }
  }

  #jobOf(checked: CheckedRequest, place: number, { repeatable: of, launches, options }: Batch): NewJob {
    const { sealer, clock, webhooks, audit } = this.#options
    const repeat = of === undefined ? {} : { repeat: { of, place } }
    const job = newJobOf(checked, { sealer, now: clock.now(), ...repeat })
    launches.add(checked, job)
    return audit.withAudit(webhooks.withWebhook(job, checked.request.webhook), checked, options)
  }

  async #check(request: SubmitRequest): Promise<CheckedRequest> {
    const ofShape = this.#shape.check(request)
    if (ofShape.length > 0) throw invalidRequest(ofShape)
    const { webhook } = request
    const violations = webhook === undefined ? [] : this.#options.webhooks.violationsOf(webhook)
    if (violations.length > 0) throw invalidRequest(violations)
    const { catalog, policy, audit } = this.#options
    audit.assertAllowed(request)
    const checked = await checkRequest(catalog, request, await this.#transfer(request))
    policy.assertAllowed({ ...checked, ...(request.policy === undefined ? {} : { policy: request.policy }) })
    return this.#withCredential(audit.withMasked(checked))
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
  async #store(jobs: readonly NewJob[], batch: Batch): Promise<readonly SubmitOutcome[]> {
    await batch.launches.register(jobs)
    const outcomes = await withStagedFiles(this.#options.storage, jobs, () => this.#place(jobs, batch))
    await batch.launches.takeBack(jobs, outcomes)
    return outcomes
  }

  async #place(jobs: readonly NewJob[], { repeatable }: Batch): Promise<readonly SubmitOutcome[]> {
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
