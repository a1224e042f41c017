import type { EventSourceMessage } from 'eventsource-parser'
import { createParser } from 'eventsource-parser'
import { backOffMs } from './back-off.js'
import { delay } from './clock.js'
import { ConnectionError, InvalidAnswerError, NetPulseApiError, NetPulseClientError } from './errors.js'
import type { JobEvent, JobEventData } from './job-event.js'
import type { Transport } from './transport.js'
import { connectionError } from './transport.js'

/** How to read events. */
export interface StreamOptions {
  /** Ends the stream: the iteration throws the signal's reason. */
  readonly signal?: AbortSignal
  /** `id` of the last event that is known: the stream goes on after it. @defaultValue from the beginning */
  readonly lastEventId?: string
  /**
   * A connection that brings nothing for this long is given up and made anew. Milliseconds; more than the server's own
   * signs of life are apart. @defaultValue 60,000
   */
  readonly idleTimeoutMs?: number
}

const eventType = 'text/event-stream'

/**
 * Reads server-sent events, over as many connections as it takes: each goes on after the last event that came.
 * @throws NetPulseApiError for a refusal; ConnectionError when the server stays away; InvalidAnswerError
 */
export async function* readEvents(
  transport: Transport,
  path: string,
  options: StreamOptions,
): AsyncGenerator<JobEvent> {
  const { clock, random, retries } = transport.settings
  let { lastEventId } = options
  for (let attempt = 0; ; attempt++) {
    try {
      for await (const event of readConnection(transport, path, {
        ...options,
        ...(lastEventId === undefined ? {} : { lastEventId }),
      })) {
        lastEventId = event.id
        attempt = 0
        yield event
      }
      throw new ConnectionError(`GET ${path}: the server ended the stream.`)
    } catch (error) {
      if (options.signal?.aborted === true) throw options.signal.reason
      if (!isWorthAnother(error) || attempt >= retries) throw error
      const waitMs = backOffMs(attempt, error, random)
      if (waitMs === undefined) throw error
      await delay(clock, waitMs, options.signal)
    }
  }
}

const isWorthAnother = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof NetPulseApiError && [429, 502, 503, 504].includes(error.status))

async function* readConnection(transport: Transport, path: string, options: StreamOptions): AsyncGenerator<JobEvent> {
  const { signal, lastEventId, idleTimeoutMs = 60_000 } = options
  const idle = new Idle(transport, idleTimeoutMs, path)
  try {
    const headers = { accept: eventType, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) }
    const request = { method: 'GET', path, headers, ...(signal === undefined ? {} : { signal }) } as const
    const answer = await transport.open(request, idle.signal)
    yield* eventsOf(answer, idle)
  } catch (error) {
    throw idle.signal.aborted ? idle.signal.reason : explained(error, path)
  } finally {
    idle.end()
  }
}

const explained = (error: unknown, path: string): unknown =>
  error instanceof NetPulseClientError ? error : connectionError(error, `GET ${path} was cut off`)

/** Gives a connection up that brings nothing, and when nobody reads on. */
class Idle {
  readonly #stop = new AbortController()
  readonly #restart: () => void
  #cancel: () => void = () => undefined

  constructor({ settings }: Transport, timeoutMs: number, path: string) {
    this.#restart = () => {
      this.#cancel()
      this.#cancel = settings.clock.setTimer(timeoutMs, () =>
        this.#stop.abort(new ConnectionError(`GET ${path} brought nothing for ${timeoutMs} ms.`)),
      )
    }
    this.#restart()
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  seen(): void {
    this.#restart()
  }

  end(): void {
    this.#cancel()
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
    const { done, value } = await reader.read()
    if (done) return
    idle.seen()
    parser.feed(value)
    for (const message of messages.splice(0)) yield eventOf(message)
  }
}

function eventOf({ id = '', event = 'message', data }: EventSourceMessage): JobEvent {
  try {
    return { id, type: event, data: JSON.parse(data) as JobEventData }
  } catch (cause) {
    throw new InvalidAnswerError(`The data of the event ${event} is not JSON.`, { cause })
  }
}
