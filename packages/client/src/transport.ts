import { ConnectionError, errorOf, InvalidAnswerError, NetPulseClientError, TimeoutError } from './errors.js'
import type { RequestForm } from './file-to-send.js'
import { formBody, isRepeatable } from './file-to-send.js'
import { linkedAbort } from './linked-abort.js'
import { waitForNextTry } from './next-try.js'
import type { ClientSettings } from './options.js'
import { refusalOf } from './refusal.js'

/** What may be said about one call. */
export interface CallOptions {
  /** Ends the call; what the server has begun goes on. */
  readonly signal?: AbortSignal
  /** How long one answer may take. Milliseconds. @defaultValue that of the client */
  readonly timeoutMs?: number
}

/** One HTTP request. */
export interface ApiRequest extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  /** A body of several parts, instead of `body`. */
  readonly form?: RequestForm
  /** Makes a POST repeatable: the server answers a repetition with the same job. */
  readonly idempotencyKey?: string
  /** Whether it may be sent again when no answer came. @defaultValue reads, and what has an idempotency key */
  readonly repeatable?: boolean
  /** Time that the server was asked to wait. Seconds. */
  readonly waitSeconds?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that is a success. */
export interface ApiAnswer<Body> {
  readonly body: Body
  readonly headers: Headers
}

/** Longest delay that timers take. Milliseconds. */
const longestMs = 2 ** 31 - 1

/** What `fetch` asks for with a body that is a stream; its types do not know it yet. */
const halfDuplex = { duplex: 'half' } as RequestInit

const idempotencyHeader = 'idempotency-key'

const mayRepeat = ({ method, idempotencyKey, repeatable, form }: ApiRequest): boolean =>
  (repeatable ?? (method === 'GET' || idempotencyKey !== undefined)) && (form === undefined || isRepeatable(form))

/** Sends requests, repeats those that may be, and turns refusals into errors. */
export class Transport {
  readonly #settings: ClientSettings

  constructor(settings: ClientSettings) {
    this.#settings = settings
  }

  get settings(): ClientSettings {
    return this.#settings
  }

  /** @throws NetPulseApiError, ConnectionError, TimeoutError, InvalidAnswerError, the signal's reason */
  send<Body>(request: ApiRequest): Promise<ApiAnswer<Body>> {
    return this.#repeated(request, (text) => parsed(text) as Body)
  }

  /** As `send`, for an answer that is plain text. */
  async sendForText(request: ApiRequest): Promise<string> {
    const { body } = await this.#repeated({ ...request, headers: { accept: 'text/plain' } }, (text) => text)
    return body
  }

  async #repeated<Body>(request: ApiRequest, read: (text: string) => Body): Promise<ApiAnswer<Body>> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(request, read)
      } catch (error) {
        if (!mayRepeat(request)) throw error
        await waitForNextTry(this.#settings, { attempt, error, signal: request.signal })
      }
    }
  }

  async #once<Body>(request: ApiRequest, read: (text: string) => Body): Promise<ApiAnswer<Body>> {
    return this.#inTime(request, async (stop) => {
      const answer = await this.open(request, stop)
      return { body: read(await answer.text()), headers: answer.headers }
    })
  }

  /**
   * Sends once and answers when the headers of a success are there in time; the body is then the caller's, without a limit.
   * @throws as `send`
   */
  openInTime(request: ApiRequest): Promise<Response> {
    return this.#inTime(request, (stop) => this.open(request, stop))
  }

  /** A file takes as long as it takes. */
  #limitOf({ timeoutMs, form }: ApiRequest): number {
    return timeoutMs ?? (form === undefined ? this.#settings.timeoutMs : longestMs)
  }

  async #inTime<Value>(request: ApiRequest, call: (stop: AbortSignal) => Promise<Value>): Promise<Value> {
    const { waitSeconds = 0 } = request
    const stop = new AbortController()
    const release = linkedAbort(request.signal, stop)
    const limitMs = Math.min(longestMs, this.#limitOf(request) + waitSeconds * 1000)
    const cancel = this.#settings.clock.setTimer(limitMs, () =>
      stop.abort(new TimeoutError('REQUEST_TIMEOUT', `${request.method} ${request.path} was not answered in time.`)),
    )
    try {
      return await call(stop.signal)
    } catch (error) {
      throw this.#explained(error, request, stop.signal)
    } finally {
      cancel()
      release()
    }
  }

  /**
   * Sends once and answers when the headers of a success are there; the body is still to come.
   * @throws NetPulseApiError, and what `fetch` throws
   */
  async open(request: ApiRequest, stop: AbortSignal): Promise<Response> {
    const { url, clock } = this.#settings
    const { body, method, form } = request
    const sent = form === undefined ? undefined : formBody(form)
    const answer = await this.#settings.fetch(`${url}${request.path}${queryText(request.query)}`, {
      method,
      headers: this.#headersOf(request, sent?.contentType),
      signal: stop,
      redirect: 'error', // a redirect would take the key to where nobody sent it
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(sent === undefined ? {} : { body: sent.body, ...halfDuplex }),
    })
    if (!answer.ok) throw errorOf(await refusalOf(answer, clock.now()))
    return answer
  }

  #headersOf({ body, idempotencyKey, headers }: ApiRequest, formType?: string): Record<string, string> {
    return {
      ...this.#settings.headers,
      accept: 'application/json',
      ...headers,
      authorization: `Bearer ${this.#settings.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(formType === undefined ? {} : { 'content-type': formType }),
      ...(idempotencyKey === undefined ? {} : { [idempotencyHeader]: idempotencyKey }),
    }
  }

  /** `fetch` tells an abort and a lost connection by errors of its own. */
  #explained(error: unknown, { method, path }: ApiRequest, stop: AbortSignal): unknown {
    if (stop.aborted) return stop.reason
    if (error instanceof NetPulseClientError) return error
    return connectionError(error, `${method} ${path} got no answer from ${this.#settings.url}`)
  }
}

/** `fetch failed` says nothing; the reason is in its cause: `ECONNREFUSED`. */
export function connectionError(error: unknown, what: string): ConnectionError {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } }
  const reason = [cause?.code, cause?.message, (error as Error).message].find(
    (text) => typeof text === 'string' && text !== '',
  )
  return new ConnectionError(`${what}: ${String(reason)}.`, { cause: error })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InvalidAnswerError('The answer is not JSON: this is no NetPulse server, or not its whole URL.', { cause })
  }
}

/** `undefined` is left out, a list becomes one value with commas. */
function queryText(query: Readonly<Record<string, unknown>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}
