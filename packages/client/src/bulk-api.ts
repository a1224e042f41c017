import type { DeviceApi } from './device-api.js'
import { NetPulseClientError, NotFoundError } from './errors.js'
import type { JobsApi } from './jobs-api.js'
import type { BulkDevice, BulkExecutionRequest, Job, RefusedDevice } from './models.js'
import { hasEnded } from './models.js'
import type { CallOptions } from './transport.js'

/** How far a bulk is. */
export interface BulkProgress {
  /** Devices in all. */
  readonly total: number
  /** Devices that have a job. */
  readonly accepted: number
  /** Devices that got none. */
  readonly refused: number
  /** Jobs that have ended. */
  readonly ended: number
  /** Of these, those with the outcome `succeeded`. */
  readonly succeeded: number
}

/** How to run a bulk. */
export interface BulkOptions {
  /** Ends the submitting and the waiting; jobs that were accepted go on. */
  readonly signal?: AbortSignal
  /** Called after each chunk that was submitted and each job that ended. */
  readonly onProgress?: (progress: BulkProgress) => void
  /** Called with each job when it has ended, in the order in which they end. */
  readonly onJob?: (job: Job, device: BulkDevice) => void
  /** Devices per request, 1 to 10,000. @defaultValue 500 */
  readonly chunkSize?: number
  /** Jobs that are waited for at once, each by a request. @defaultValue 8 */
  readonly concurrency?: number
}

/** Why a device has no ended job: it was refused, or its job could not be read any more (`JOB_NOT_FOUND`). */
export interface BulkFailure extends Pick<RefusedDevice, 'host' | 'reason' | 'code' | 'errors'> {
  /** The job that was lost sight of; it may have ended. */
  readonly jobId?: string
}

/** What came of one device, which is as it was given: a job that has ended, or why there is none. */
export type BulkEntry =
  | { readonly device: BulkDevice; readonly job: Job; readonly failure?: undefined }
  | { readonly device: BulkDevice; readonly job?: undefined; readonly failure: BulkFailure }

/** What came of a bulk. */
export interface BulkOutcome {
  /** One per device, in their order. */
  readonly entries: readonly BulkEntry[]
  readonly progress: BulkProgress
}

/** How long a job is waited for before the next one gets its turn: one that takes long holds up no other. Seconds. */
const longestTurnSeconds = 5

/** Every job gets its turn within this time, so that none is forgotten by the server before it was read. Seconds. */
const roundSeconds = 20

/** Runs the work of one request, or of several, on any number of devices. */
export class BulkApi {
  readonly #device: DeviceApi
  readonly #jobs: JobsApi

  constructor(device: DeviceApi, jobs: JobsApi) {
    this.#device = device
    this.#jobs = jobs
  }

  /**
   * Submits in chunks, waits for all jobs, and answers with what came of each device.
   * @throws what refuses the first chunk as a whole: nothing was accepted then. A later chunk that is refused makes refused
   *   devices
   */
  async run(
    requests: BulkExecutionRequest | readonly BulkExecutionRequest[],
    options: BulkOptions = {},
  ): Promise<BulkOutcome> {
    const run = new BulkRun(this.#device, this.#jobs, options)
    await run.submit([requests].flat() as readonly BulkExecutionRequest[])
    await run.waitForAll()
    return run.outcome()
  }
}

interface Place {
  readonly device: BulkDevice
  jobId?: string
  entry?: BulkEntry | undefined
}

const hostOf = ({ host }: BulkDevice): string => host ?? ''

/** One bulk under way. */
class BulkRun {
  readonly #device: DeviceApi
  readonly #jobs: JobsApi
  readonly #options: BulkOptions
  readonly #call: CallOptions
  readonly #places: Place[] = []
  readonly #counts = { total: 0, accepted: 0, refused: 0, ended: 0, succeeded: 0 }

  constructor(device: DeviceApi, jobs: JobsApi, options: BulkOptions) {
    this.#device = device
    this.#jobs = jobs
    this.#options = options
    this.#call = options.signal === undefined ? {} : { signal: options.signal }
  }

  async submit(requests: readonly BulkExecutionRequest[]): Promise<void> {
    const { chunkSize = 500 } = this.#options
    const chunks = requests.flatMap(({ devices, ...shared }) => {
      const places = devices.map((device): Place => ({ device }))
      this.#places.push(...places)
      return chunksOf(places, chunkSize).map((chunk) => ({ shared, chunk }))
    })
    this.#counts.total = this.#places.length
    for (const { shared, chunk } of chunks) {
      await this.#submitChunk(shared, chunk)
      this.#tell()
    }
  }

  async #submitChunk(shared: Omit<BulkExecutionRequest, 'devices'>, chunk: readonly Place[]): Promise<void> {
    try {
      const request = { ...shared, devices: chunk.map(({ device }) => device) }
      const { succeeded, failed } = await this.#device.bulk(request, this.#call)
      for (const { index, ...failure } of failed) this.#refused(chunk[index]!, failure)
      // What was accepted is answered in the order of the devices.
      const accepted = chunk.filter(({ entry }) => entry === undefined)
      for (const [index, place] of accepted.entries()) place.jobId = succeeded[index]!.id
      this.#counts.accepted += accepted.length
    } catch (error) {
      if (this.#counts.accepted === 0 || !(error instanceof NetPulseClientError)) throw error
      const { message: reason, code } = error
      for (const place of chunk) this.#refused(place, { host: hostOf(place.device), reason, code })
    }
  }

  #refused(place: Place, failure: BulkFailure): void {
    place.entry = { device: place.device, failure }
    this.#counts.refused++
  }

  /** Several at once, in turns: what has not ended goes to the end of the line. */
  async waitForAll(): Promise<void> {
    const line = this.#places.filter(({ jobId }) => jobId !== undefined)
    const { concurrency = 8 } = this.#options
    const work = async (): Promise<void> => {
      for (let place = line.shift(); place !== undefined; place = line.shift()) {
        const waitSeconds = Math.min(longestTurnSeconds, (roundSeconds * concurrency) / (line.length + 1))
        place.entry = await this.#look(place, waitSeconds)
        if (place.entry === undefined) line.push(place)
        else this.#ended(place.entry)
      }
    }
    const workers = Array.from({ length: Math.min(concurrency, line.length) }, work)
    await Promise.all(workers).catch((error: unknown) => {
      line.length = 0 // the others end with what they have in hand
      throw error
    })
  }

  async #look({ device, jobId = '' }: Place, waitSeconds: number): Promise<BulkEntry | undefined> {
    try {
      const job = await this.#jobs.get(jobId, { waitSeconds, ...this.#call })
      return hasEnded(job) ? { device, job } : undefined
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error
      return { device, failure: { host: hostOf(device), reason: error.message, code: error.code, jobId } }
    }
  }

  #ended({ device, job }: BulkEntry): void {
    this.#counts.ended++
    if (job?.outcome === 'succeeded') this.#counts.succeeded++
    if (job !== undefined) this.#options.onJob?.(job, device)
    this.#tell()
  }

  #tell(): void {
    this.#options.onProgress?.({ ...this.#counts })
  }

  outcome(): BulkOutcome {
    const entries = this.#places.flatMap(({ entry }) => (entry === undefined ? [] : [entry]))
    return { entries, progress: { ...this.#counts } }
  }
}

const chunksOf = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
