import { Readable } from 'node:stream'
import type { Clock, JobEvent } from '@netpulse/core'
import { within } from '@netpulse/core'
import type { FastifyReply } from 'fastify'
import type { JobEventMessage } from './schemas/event-schemas.js'

/** A sign of life this often, so that neither proxies nor clients take a quiet stream for a dead one. */
const heartbeatMs = 15_000

export interface EventStream {
  readonly events: AsyncIterable<JobEvent>
  readonly toMessage: (event: JobEvent) => JobEventMessage
  readonly clock: Clock
}

/** One message of the stream. An `output` is not kept, so that nothing can be resumed behind it. */
function frameOf(message: JobEventMessage): string {
  const id = message.type === 'output' || message.type === 'progress' ? '' : `id: ${message.sequence}\n`
  return `event: ${message.type}\n${id}data: ${JSON.stringify(message)}\n\n`
}

/** Frames of the events, with heartbeats in between. Ends with the events. */
async function* framesOf({ events, toMessage, clock }: EventStream): AsyncGenerator<string, void, undefined> {
  const iterator = events[Symbol.asyncIterator]()
  try {
    // At once, so that the client knows that it is connected.
    yield 'retry: 2000\n\n'
    let next = iterator.next()
    for (;;) {
      const result = await within(heartbeatMs, next, clock)
      if (result === undefined) {
        yield ': still here\n\n'
        continue
      }
      if (result.done === true) return
      next = iterator.next()
      yield frameOf(toMessage(result.value))
    }
  } finally {
    await iterator.return?.()
  }
}

/**
 * Answers with a stream of server-sent events. The connection ends with it: a server that closes would wait for one that
 * is kept.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function sendEvents(reply: FastifyReply, stream: EventStream): FastifyReply {
  return reply
    .headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no', connection: 'close' })
    .send(Readable.from(framesOf(stream)))
}
