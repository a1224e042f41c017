import { ConnectionError, InvalidAnswerError, type JobEvent, NotFoundError } from '@netpulse/client'
import { describe, expect, it } from 'vitest'
import type { Step } from '../support/scripted-server.js'
import { answer, refusal, scriptedClient, settled, unreachable } from '../support/scripted-server.js'

/** Sends the parts one by one, then ends, breaks, or stays silent. */
function stream(parts: readonly string[], then: 'end' | 'break' | 'stay' = 'end'): Step {
  const bytes = new TextEncoder()
  return (_, signal) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
      pull(controller) {
        const part = parts[sent++]
        if (part !== undefined) controller.enqueue(bytes.encode(part))
        else if (then === 'end') controller.close()
        else if (then === 'break') controller.error(new TypeError('terminated'))
      },
    })
    let sent = 0
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  }
}

const message = (sequence: number, type: string, data: object = {}) => ({
  job_id: 'j1',
  sequence,
  type,
  at: 'now',
  data,
})

const event = (sequence: number, type: string, data: object = {}): string => {
  const id = type === 'output' ? '' : `id: ${sequence}\n`
  return `event: ${type}\n${id}data: ${JSON.stringify(message(sequence, type, data))}\n\n`
}

async function collected(events: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const all: JobEvent[] = []
  for await (const one of events) all.push(one)
  return all
}

describe('the events of a job', () => {
  it('end with the event `ended`, though the connection stays', async () => {
    const steps = [
      stream(
        [event(1, 'queued'), event(2, 'line', { index: 0 }) + event(3, 'ended', { outcome: 'succeeded' })],
        'stay',
      ),
    ]
    const { client, clock, sent } = scriptedClient(steps)
    expect(await collected(client.jobs.stream('j1'))).toEqual([
      message(1, 'queued'),
      message(2, 'line', { index: 0 }),
      message(3, 'ended', { outcome: 'succeeded' }),
    ])
    expect(sent).toMatchObject([{ url: 'http://np.test/api/jobs/j1/events', headers: { accept: 'text/event-stream' } }])
    expect(clock.pendingTimers).toBe(0)
  })

  it('are put together from parts that are split anywhere, also in a letter', async () => {
    const text = event(7, 'line', { text: 'Zürich' }) + event(8, 'ended')
    const bytes = new TextEncoder().encode(text)
    const step: Step = () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
          controller.close()
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    }
    const { client } = scriptedClient([step])
    expect((await collected(client.jobs.stream('j1')))[0]).toEqual(message(7, 'line', { text: 'Zürich' }))
  })

  it('go on after the last one when the connection is lost, each event once', async () => {
    const { client, clock, sent } = scriptedClient([
      stream([event(1, 'queued')], 'break'),
      unreachable,
      stream([event(2, 'started') + event(2, 'output', { text: 'a' })], 'end'),
      stream([event(3, 'ended')]),
    ])
    const events = await settled(clock, collected(client.jobs.stream('j1')))
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 2, 3])
    expect(sent.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1', '1', '2'])
  })

  it('begin after the event that the reader names', async () => {
    const { client, sent } = scriptedClient([stream([event(10, 'ended')])])
    await collected(client.jobs.stream('j1', { after: 9, output: false }))
    expect(sent[0]?.headers['last-event-id']).toBe('9')
    expect(sent[0]?.url).toContain('/events?output=false')
  })

  it('come over a new connection when one is silent for too long; signs of life count', async () => {
    const { client, clock, sent } = scriptedClient([
      stream([event(1, 'queued'), ': alive\n\n'], 'stay'),
      stream([event(2, 'ended')]),
    ])
    const events = await settled(clock, collected(client.jobs.stream('j1', { idleTimeoutMs: 5_000 })))
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(sent).toHaveLength(2)
  })

  it('end with an error when the server stays away', async () => {
    const { client, clock } = scriptedClient([unreachable, unreachable], { retries: 1 })
    await expect(settled(clock, collected(client.jobs.stream('j1')))).rejects.toBeInstanceOf(ConnectionError)
  })

  it('are refused at once for a job that does not exist', async () => {
    const { client } = scriptedClient([refusal(404, 'JOB_NOT_FOUND')])
    await expect(collected(client.jobs.stream('nobody'))).rejects.toBeInstanceOf(NotFoundError)
  })

  it.each([
    { name: 'another content type', step: answer(200, {}) },
    { name: 'data that is no JSON', step: stream(['id: 1\nevent: line\ndata: {oops\n\n']) },
    { name: 'data that is no message', step: stream(['id: 1\nevent: line\ndata: 5\n\n']) },
  ])('with $name are an invalid answer', async ({ step }) => {
    const { client } = scriptedClient([step])
    await expect(collected(client.jobs.stream('j1'))).rejects.toBeInstanceOf(InvalidAnswerError)
  })

  it("end with the caller's signal", async () => {
    const { client, clock } = scriptedClient([stream([event(1, 'queued')], 'stay')])
    const stop = new AbortController()
    const reading = (async () => {
      for await (const _ of client.jobs.streamAll({ signal: stop.signal })) stop.abort(new Error('enough'))
    })()
    await expect(reading).rejects.toThrow('enough')
    expect(clock.pendingTimers).toBe(0)
  })

  it('leave no connection when nobody reads on', async () => {
    let aborted = false
    const watched: Step = (sent, signal) => {
      signal.addEventListener('abort', () => (aborted = true))
      return stream([event(1, 'queued')], 'stay')(sent, signal)
    }
    const { client, clock } = scriptedClient([watched])
    for await (const _ of client.jobs.streamAll()) break
    expect(aborted).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })
})
