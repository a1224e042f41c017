import type { EventSourceMessage } from 'eventsource-parser'
import { createParser } from 'eventsource-parser'
import { ConnectionError, InvalidAnswerError, NetPulseClientError } from './errors.js'
import type { JobEvent } from './job-event.js'
import { linkedAbort } from './linked-abort.js'
import { waitForNextTry } from './next-try.js'
import type { Transport } from './transport.js'
import { connectionError } from './transport.js'

/** How to read events. */
export interface StreamOptions {
  /** Ends the stream: the iteration throws the signal's reason. */
  readonly signal?: AbortSignal
  /** `sequence` of the last event that is known: the stream goes on after it. @defaultValue see the method */
  readonly after?: number
  /**
   * A connection that brings nothing for this long is given up and made anew. Milliseconds; more than the server's own
   * signs of life are apart. @defaultValue 60,000
   */
  readonly idleTimeoutMs?: number
}

/** Parameters of the URL. */
interface StreamQuery {
  readonly query: Readonly<Record<string, unknown>>
}

const eventType = 'text/event-stream'

/**
 * Reads server-sent events, over as many connections as it takes: each goes on after the last event that came.
 * @throws NetPulseApiError for a refusal; ConnectionError when the server stays away; InvalidAnswerError
 */
export async function* readEvents(
  transport: Transport,
  path: string,
  options: StreamOptions & StreamQuery,
): AsyncGenerator<JobEvent> {
  const { signal } = options
  let { after } = options
  for (let attempt = 0; ; attempt++) {
    try {
      const here = { ...options, ...(after === undefined ? {} : { after }) }
      for await (const event of readConnection(transport, path, here)) {
        after = event.sequence
        attempt = 0
        yield event
      }
      throw new ConnectionError(`GET ${path}: the server ended the stream.`)
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      await waitForNextTry(transport.settings, { attempt, error, signal })
    }
  }
}

async function* readConnection(
  transport: Transport,
  path: string,
  options: StreamOptions & StreamQuery,
): AsyncGenerator<JobEvent> {
  const { signal, after, query, idleTimeoutMs = 60_000 } = options
  const idle = new Idle(transport, { timeoutMs: idleTimeoutMs, path, signal })
  try {
    const headers = { accept: eventType, ...(after === undefined ? {} : { 'last-event-id': String(after) }) }
    const request = { method: 'GET', path, headers, query } as const
    const answer = await idle.limit(transport.open(request, idle.signal))
    yield* eventsOf(answer, idle)
  } catch (error) {
    throw idle.signal.aborted ? idle.signal.reason : explained(error, path)
  } finally {
    idle.end()
  }
}

const explained = (error: unknown, path: string): unknown =>
  error instanceof NetPulseClientError ? error : connectionError(error, `GET ${path} was cut off`)

interface IdleOptions {
  readonly timeoutMs: number
  readonly path: string
  readonly signal: AbortSignal | undefined
}

/** Gives a connection up that brings nothing while somebody reads, and when nobody reads on. */
class Idle {
  readonly #stop = new AbortController()
  readonly #start: () => () => void
  readonly #release: () => void

  constructor({ settings }: Transport, { timeoutMs, path, signal }: IdleOptions) {
    this.#release = linkedAbort(signal, this.#stop)
    const late = (): void => this.#stop.abort(new ConnectionError(`GET ${path} brought nothing for ${timeoutMs} ms.`))
    this.#start = () => settings.clock.setTimer(timeoutMs, late)
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** What the promise resolves with, unless it takes too long: then the signal ends it. */
  async limit<Value>(promise: Promise<Value>): Promise<Value> {
    const cancel = this.#start()
    try {
      return await promise
    } finally {
      cancel()
    }
  }

  end(): void {
    this.#release()
    this.#stop.abort()
  }
}

async function* eventsOf(answer: Response, idle: Idle): AsyncGenerator<JobEvent> {
  if (answer.body === null || !(answer.headers.get('content-type') ?? '').startsWith(eventType))
    throw new InvalidAnswerError('The answer is no event stream.')
  const messages: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (message) => messages.push(message) })
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await idle.limit(reader.read())
    if (done) return
    parser.feed(value)
    for (const message of messages.splice(0)) yield eventOf(message)
  }
}

function eventOf({ event = 'message', data }: EventSourceMessage): JobEvent {
  const message = jsonOf(data) as JobEvent | null | undefined
  if (typeof message?.sequence !== 'number')
    throw new InvalidAnswerError(`The data of the event ${event} is no message of NetPulse.`)
  return message
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
