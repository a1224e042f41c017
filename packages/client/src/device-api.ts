import type { FileToSend } from './file-to-send.js'
import type { JobsApi, WaitOptions } from './jobs-api.js'
import type {
  BulkExecutionRequest,
  BulkSubmission,
  ConnectionTest,
  ConnectionTestRequest,
  ExecutionRequest,
  Job,
} from './models.js'
import { hasEnded } from './models.js'
import type { ApiRequest, CallOptions, Transport } from './transport.js'

/** How to submit. */
export interface SubmitOptions extends CallOptions {
  /** Names the request, so that a repetition makes no second job. @defaultValue a new one for each call */
  readonly idempotencyKey?: string
}

/** What goes along with a request. */
export interface SendingOptions {
  /** The file of `file_transfer`. Its upload has no time limit, unless `timeoutMs` is given. */
  readonly file?: FileToSend
}

/** Time that `run` first asks the server to wait: most jobs end in it, and need one request. Seconds. */
const firstWaitSeconds = 30

/** Runs commands, applies configuration, tests logins. */
export class DeviceApi {
  readonly #transport: Transport
  readonly #jobs: JobsApi

  constructor(transport: Transport, jobs: JobsApi) {
    this.#transport = transport
    this.#jobs = jobs
  }

  /**
   * Submits one job, with the file that it sends to its device, if there is one. With `waitSeconds` (0 to 60) the answer comes when it has ended, or as it stands then.
   * @throws ValidationError, TooManyRequestsError, UnavailableError, ...
   */
  async exec(
    request: ExecutionRequest,
    options: SubmitOptions & SendingOptions & { readonly waitSeconds?: number } = {},
  ): Promise<Job> {
    const { waitSeconds, ...submit } = options
    const wait = waitSeconds === undefined ? {} : { query: { wait: waitSeconds }, waitSeconds }
    return (await this.#transport.send<Job>({ ...this.#submission('/device/exec', request, submit), ...wait })).body
  }

  /**
   * Submits one job and answers with it when it has ended, whatever came of it: `outcome` says.
   * @throws as `exec`; TimeoutError (`WAIT_TIMEOUT`) when it has not ended in time; it goes on then
   */
  async run(
    request: ExecutionRequest,
    options: WaitOptions & SendingOptions & Pick<SubmitOptions, 'idempotencyKey'> = {},
  ): Promise<Job> {
    const { timeoutMs, ...submit } = options
    const { clock } = this.#transport.settings
    const startMs = clock.now().getTime()
    const waitSeconds = Math.min(firstWaitSeconds, (timeoutMs ?? Infinity) / 1000)
    const job = await this.exec(request, { ...submit, waitSeconds })
    if (hasEnded(job)) return job
    const { signal } = options
    return this.#jobs.wait(job.id, {
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs: Math.max(0, startMs + timeoutMs - clock.now().getTime()) }),
    })
  }

  /** Submits one job per device. Each device is accepted or refused by itself. */
  async bulk(request: BulkExecutionRequest, options: SubmitOptions = {}): Promise<BulkSubmission> {
    return (await this.#transport.send<BulkSubmission>(this.#submission('/device/bulk', request, options))).body
  }

  /** Tries to log in. A device that cannot be reached, or refuses, is an answer with `success: false`. */
  async test(request: ConnectionTestRequest, options: CallOptions = {}): Promise<ConnectionTest> {
    const sent = { method: 'POST', path: '/device/test', body: request, ...options } as const
    return (await this.#transport.send<ConnectionTest>(sent)).body
  }

  #submission(path: string, body: unknown, { file, ...options }: SubmitOptions & SendingOptions): ApiRequest {
    const { idempotencyKey = this.#transport.settings.idempotencyKeys ? crypto.randomUUID() : undefined, ...call } =
      options
    const content =
      file === undefined ? { body } : { form: { parts: [['request', JSON.stringify(body)]], file } as const }
    return { method: 'POST', path, ...content, ...call, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) }
  }
}
