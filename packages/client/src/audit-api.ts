import { ConnectionError, InvalidAnswerError, NetPulseClientError, TimeoutError } from './errors.js'
import { linkedAbort } from './linked-abort.js'
import type { AuditEntry, AuditFilter, AuditHead } from './models.js'
import { waitForNextTry } from './next-try.js'
import { nextCursorOf, overPages } from './pages.js'
import type { CallOptions, Transport } from './transport.js'
import { connectionError } from './transport.js'

/** Some entries, and where the next ones begin. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[]
  /** `cursor` of the next page; `undefined` on the last one. */
  readonly nextCursor: string | undefined
}

/** What of the record is exported. */
export interface AuditExportOptions extends CallOptions {
  /** Only entries with greater numbers. @defaultValue 0, all */
  readonly after?: number
}

const contentType = 'application/x-ndjson'
const exportPath = '/audit/export'

/** Reads who did what to which device. Needs the role `admin`, or the scope `audit:read`. */
export class AuditApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** One page, newest first; `limit` 1 to 1000, 100 when it is left out. May be short, also empty, and have a next one. */
  async page(filter: AuditFilter = {}, options: CallOptions = {}): Promise<AuditPage> {
    const request = { method: 'GET', path: '/audit', query: filter, ...options } as const
    const { body, headers } = await this.#transport.send<AuditEntry[]>(request)
    return { entries: body, nextCursor: nextCursorOf(headers) }
  }

  /** All entries that fit, newest first; asks for the next page when the one before is used up. */
  list(filter: AuditFilter = {}, options: CallOptions = {}): AsyncGenerator<AuditEntry> {
    return overPages(async (from) => {
      const { entries: items, nextCursor } = await this.page({ ...filter, ...from }, options)
      return { items, nextCursor }
    }, filter.cursor)
  }

  /** Where the record ends now: to be noted where nobody who may change the record can. */
  async head(options: CallOptions = {}): Promise<AuditHead> {
    return (await this.#transport.send<AuditHead>({ method: 'GET', path: '/audit/head', ...options })).body
  }

  /**
   * The whole record, oldest first: an entry as JSON on each line, exactly as its hash was made of it. `timeoutMs` is for
   * each part that comes. A connection that is lost is made anew and goes on behind the last line.
   * @throws AuthenticationError; ConnectionError when the server stays away; InvalidAnswerError
   */
  async *lines({ after = 0, ...options }: AuditExportOptions = {}): AsyncGenerator<string> {
    let last = after
    for (let attempt = 0; ; attempt++) {
      try {
        for await (const line of this.#connection(last, options)) {
          last = numberOf(line)
          attempt = 0
          yield line
          options.signal?.throwIfAborted()
        }
        return
      } catch (error) {
        if (options.signal?.aborted === true) throw options.signal.reason
        await waitForNextTry(this.#transport.settings, { attempt, error, signal: options.signal })
      }
    }
  }

  async *#connection(after: number, options: CallOptions): AsyncGenerator<string> {
    const { clock, timeoutMs: usual } = this.#transport.settings
    const { timeoutMs = usual, signal } = options
    const stop = new AbortController()
    const release = linkedAbort(signal, stop)
    const late = (): void =>
      stop.abort(new TimeoutError('REQUEST_TIMEOUT', `GET ${exportPath} brought nothing for ${timeoutMs} ms.`))
    const inTime = async <Value>(promise: Promise<Value>): Promise<Value> => {
      const cancel = clock.setTimer(timeoutMs, late)
      return promise.finally(cancel)
    }
    try {
      const headers = { accept: contentType }
      const request = { method: 'GET', path: exportPath, query: { after }, headers } as const
      yield* linesOf(await inTime(this.#transport.open(request, stop.signal)), inTime)
    } catch (error) {
      if (stop.signal.aborted) throw stop.signal.reason
      throw error instanceof NetPulseClientError ? error : connectionError(error, `GET ${exportPath} was cut off`)
    } finally {
      release()
      stop.abort()
    }
  }
}

/** Whole lines only: a last one without its end was cut off. */
async function* linesOf(
  answer: Response,
  inTime: <Value>(promise: Promise<Value>) => Promise<Value>,
): AsyncGenerator<string> {
  if (answer.body === null || !(answer.headers.get('content-type') ?? '').startsWith(contentType))
    throw new InvalidAnswerError('The answer is no export of an audit record.')
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let rest = ''; ;) {
    const { done, value } = await inTime(reader.read())
    if (done && rest !== '') throw new ConnectionError(`GET ${exportPath} ended within a line.`)
    if (done) return
    const lines = (rest + value).split('\n')
    rest = lines.pop()!
    yield* lines
  }
}

function numberOf(line: string): number {
  const { number } = entryIn(line)
  if (typeof number !== 'number') throw new InvalidAnswerError('A line of the export is no entry of an audit record.')
  return number
}

function entryIn(line: string): { readonly number?: unknown } {
  try {
    return Object(JSON.parse(line)) as { readonly number?: unknown }
  } catch {
    return {}
  }
}
