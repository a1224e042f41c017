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
import type { BulkOutcome, SubmitRequest } from '../netpulse.js'
import type { CredentialResolver, Sealer } from '@netpulse/credentials'
import { completeConnection, hiddenTexts } from '../credentials/resolved-connection.js'
import type { CheckedRequest } from './checked-request.js'
import { checkRequest } from './checked-request.js'
import type { DriverCatalog } from './driver-catalog.js'
import { invalidRequest } from './invalid-request.js'
import { newJobOf } from './new-job.js'
import type { Placement } from './placement.js'
import { submitRequestSchema } from './request-schema.js'

export interface SubmitterOptions {
  readonly catalog: DriverCatalog
  readonly sealer: Sealer
  readonly credentials: Pick<CredentialResolver, 'check' | 'resolve'>
  /** Whether references are resolved here, and not by the worker. */
  readonly resolvesHere: boolean
  readonly placement: Placement
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

  constructor(options: SubmitterOptions) {
    this.#options = options
  }

  /** @throws INVALID_INPUT, DRIVER_UNKNOWN, NO_WORKER, QUEUE_FULL, STORE_UNAVAILABLE, and what the resolver throws */
  async submit(request: SubmitRequest): Promise<JobRecord> {
    const job = await this.#prepare(request)
    const [outcome] = await this.#store([job])
    return recordOf(outcome!, job)
  }

  /** Requests that are not valid, and jobs that find no room, do not touch the others. @throws STORE_UNAVAILABLE */
  async submitMany(requests: readonly SubmitRequest[]): Promise<readonly BulkOutcome[]> {
    const prepared = await Promise.all(requests.map((request) => this.#prepareOrError(request)))
    const jobs = prepared.filter((one): one is NewJob => 'id' in one)
    const outcomes = jobs.length === 0 ? [] : await this.#store(jobs)
    const byJob = new Map(jobs.map((job, index) => [job, outcomes[index]!]))
    return prepared.map((one, index): BulkOutcome => {
      const host = hostOf(requests[index])
      if (!('id' in one)) return { host, error: one }
      const outcome = byJob.get(one)!
      return 'job' in outcome ? { job: outcome.job } : { host, error: toErrorData(refusal(outcome, one)) }
    })
  }

  async #prepare(request: SubmitRequest): Promise<NewJob> {
    const violations = this.#shape.check(request)
    if (violations.length > 0) throw invalidRequest(violations)
    const { catalog, sealer, clock } = this.#options
    return newJobOf(await this.#withCredential(await checkRequest(catalog, request)), sealer, clock.now())
  }

  /** A reference that cannot be looked up is refused at once, whoever resolves it. */
  async #withCredential(checked: CheckedRequest): Promise<CheckedRequest> {
    const { credential, ...request } = checked.request
    if (credential === undefined) return checked
    const { credentials, resolvesHere } = this.#options
    credentials.check(credential)
    if (!resolvesHere) return checked
    const values = await credentials.resolve(credential, new AbortController().signal)
    const connection = completeConnection(checked.driver, checked.connection, values)
    return { ...checked, request, connection, secrets: hiddenTexts(values) }
  }

  async #prepareOrError(request: SubmitRequest): Promise<NewJob | ErrorData> {
    try {
      return await this.#prepare(request)
    } catch (error) {
      if (!isNetPulseError(error))
        this.#options.log.error({ stack: String((error as Error).stack) }, 'A request could not be checked.')
      return toErrorData(error)
    }
  }

  /** Stores the jobs; what finds no room gets a second chance after resting devices made some. */
  async #store(jobs: readonly NewJob[]): Promise<readonly SubmitOutcome[]> {
    const outcomes = await this.#submit(jobs)
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
