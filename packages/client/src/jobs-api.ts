import { TimeoutError } from './errors.js'
import type { StreamOptions } from './event-stream.js'
import { readEvents } from './event-stream.js'
import type { JobEvent } from './job-event.js'
import type { CanceledJob, CancelFilter, Job, JobFilter } from './models.js'
import { hasEnded } from './models.js'
import { nextCursorOf, overPages } from './pages.js'
import type { CallOptions, Transport } from './transport.js'

/** How long to wait for a job. */
export interface WaitOptions {
  /** Ends the wait; the job goes on. */
  readonly signal?: AbortSignal
  /** Longest wait. Milliseconds. @defaultValue no limit but the job's own `ttl` and `execution_timeout` */
  readonly timeoutMs?: number
}

/** How to follow one job. */
export interface JobStreamOptions extends StreamOptions {
  /** Also what the device says while the job runs, as events `output`. @defaultValue true */
  readonly output?: boolean
}

/** Some jobs, and where the next ones begin. */
export interface JobPage {
  readonly jobs: readonly Job[]
  /** `cursor` of the next page; `undefined` on the last one. */
  readonly nextCursor: string | undefined
}

/** Longest time that one request may ask the server to wait, in seconds. */
const longestPollSeconds = 60

const pathOf = (id: string): string => `/jobs/${encodeURIComponent(id)}`

/** Reads, waits for, follows and cancels jobs. */
export class JobsApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** With `waitSeconds` (0 to 60) the answer comes when the job has ended, or as it stands then. @throws NotFoundError */
  async get(id: string, options: CallOptions & { readonly waitSeconds?: number } = {}): Promise<Job> {
    const { waitSeconds, ...call } = options
    const wait = waitSeconds === undefined ? {} : { query: { wait: waitSeconds }, waitSeconds }
    return (await this.#transport.send<Job>({ method: 'GET', path: pathOf(id), ...wait, ...call })).body
  }

  /** One page, newest first; `limit` 1 to 1000, 100 when it is left out. */
  async page(filter: JobFilter = {}, options: CallOptions = {}): Promise<JobPage> {
    const { body, headers } = await this.#transport.send<Job[]>({
      method: 'GET',
      path: '/jobs',
      query: filter,
      ...options,
    })
    return { jobs: body, nextCursor: nextCursorOf(headers) }
  }

  /** All jobs that fit, newest first; asks for the next page when the one before is used up. */
  list(filter: JobFilter = {}, options: CallOptions = {}): AsyncGenerator<Job> {
    return overPages(async (from) => {
      const { jobs: items, nextCursor } = await this.page({ ...filter, ...from }, options)
      return { items, nextCursor }
    }, filter.cursor)
  }

  /**
   * The job when it has ended, whatever came of it: `outcome` says.
   * @throws TimeoutError (`WAIT_TIMEOUT`) when it has not ended in time; NotFoundError
   */
  async wait(id: string, { signal, timeoutMs }: WaitOptions = {}): Promise<Job> {
    const { clock } = this.#transport.settings
    const startMs = clock.now().getTime()
    for (;;) {
      const leftMs = timeoutMs === undefined ? Infinity : startMs + timeoutMs - clock.now().getTime()
      const waitSeconds = Math.max(0, Math.min(longestPollSeconds, leftMs / 1000))
      const job = await this.get(id, { waitSeconds, ...(signal === undefined ? {} : { signal }) })
      if (hasEnded(job)) return job
      if (timeoutMs !== undefined && clock.now().getTime() - startMs >= timeoutMs)
        throw new TimeoutError('WAIT_TIMEOUT', `Job ${id} has not ended after ${timeoutMs} ms; it goes on.`)
    }
  }

  /**
   * What happens to a job, from its beginning or after an event, up to and with its event `ended`. A connection that is lost
   * is made anew and goes on where the last one stopped; only `output`, which the server does not keep, may be missed.
   * @throws NotFoundError; ConnectionError when the server stays away
   */
  async *stream(id: string, options: JobStreamOptions = {}): AsyncGenerator<JobEvent> {
    const { output, ...stream } = options
    for await (const event of readEvents(this.#transport, `${pathOf(id)}/events`, { ...stream, query: { output } })) {
      yield event
      if (event.type === 'ended') return
    }
  }

  /** What happens to all jobs, from now on or after an event; ends when the signal is aborted or nobody reads on. */
  streamAll(options: StreamOptions = {}): AsyncGenerator<JobEvent> {
    return readEvents(this.#transport, '/events', { ...options, query: {} })
  }

  /** A waiting job is `canceled` at once, a running one is asked to end. @throws NotFoundError, ConflictError */
  async cancel(id: string, options: CallOptions = {}): Promise<CanceledJob> {
    return (await this.#transport.send<CanceledJob>({ method: 'DELETE', path: pathOf(id), ...options })).body
  }

  /** Cancels what waits in a queue or for a host. The ids of the canceled jobs. */
  async cancelMany(filter: CancelFilter, options: CallOptions = {}): Promise<readonly string[]> {
    return (await this.#transport.send<string[]>({ method: 'DELETE', path: '/jobs', query: filter, ...options })).body
  }
}
