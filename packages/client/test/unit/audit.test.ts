import { AuthenticationError, ConnectionError, InvalidAnswerError } from '@netpulse/client'
import { describe, expect, it } from 'vitest'
import type { Step } from '../support/scripted-server.js'
import { answer, refusal, scriptedClient, settled, unreachable } from '../support/scripted-server.js'

const line = (number: number): string => `{"action":"job.ended","details":{"é":"😀"},"number":${number}}`

/** An export that comes in these pieces, and then ends or breaks. */
const exported =
  (pieces: readonly (string | Uint8Array)[], breaks = false): Step =>
  () => {
    const left = pieces.map((piece) => (typeof piece === 'string' ? new TextEncoder().encode(piece) : piece))
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const next = left.shift()
        if (next !== undefined) controller.enqueue(next)
        else if (breaks) controller.error(new TypeError('terminated'))
        else controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } })
  }

async function all(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const found: string[] = []
  for await (const one of lines) found.push(one)
  return found
}

describe('the audit record', () => {
  it('is listed over pages, also over one that is empty', async () => {
    const { client, sent } = scriptedClient([
      answer(200, [{ number: 3 }], { 'x-next-cursor': 'a' }),
      answer(200, [], { 'x-next-cursor': 'b' }),
      answer(200, [{ number: 1 }]),
    ])
    const numbers: number[] = []
    for await (const { number } of client.audit.list({ actor: 'k1', limit: 1 })) numbers.push(number)
    expect(numbers).toEqual([3, 1])
    expect(sent.map(({ url }) => url.split('?')[1])).toEqual([
      'actor=k1&limit=1',
      'actor=k1&limit=1&cursor=a',
      'actor=k1&limit=1&cursor=b',
    ])
  })

  it('says where it ends', async () => {
    const { client } = scriptedClient([answer(200, { number: 7, hash: 'h' })])
    expect(await client.audit.head()).toEqual({ number: 7, hash: 'h' })
  })

  it('is exported line by line, however its bytes come', async () => {
    const bytes = new TextEncoder().encode(`${line(1)}\n${line(2)}\n`)
    const pieces = Array.from(bytes, (byte) => new Uint8Array([byte]))
    const { client } = scriptedClient([exported(pieces)])
    expect(await all(client.audit.lines())).toEqual([line(1), line(2)])
  })

  it('goes on behind the last whole line when the connection breaks', async () => {
    const { client, clock, sent } = scriptedClient([
      exported([`${line(5)}\n${line(6)}\n`, line(7).slice(0, 9)], true),
      unreachable,
      exported([`${line(7)}\n`, line(8).slice(0, 9)]),
      exported([`${line(8)}\n`]),
    ])
    const lines = await settled(clock, all(client.audit.lines({ after: 4 })))
    expect(lines).toEqual([5, 6, 7, 8].map(line))
    expect(sent.map(({ url }) => url.split('?')[1])).toEqual(['after=4', 'after=6', 'after=6', 'after=7'])
  })

  it.each([
    { name: 'a refusal', step: refusal(403, 'ROLE_TOO_LOW'), type: AuthenticationError },
    { name: 'a page of another server', step: answer(200, 'hello'), type: InvalidAnswerError },
    { name: 'lines of something else', step: exported(['{"a":1}\n']), type: InvalidAnswerError },
    { name: 'lines that are no JSON', step: exported(['a\n']), type: InvalidAnswerError },
  ])('is not asked for again after $name', async ({ step, type }) => {
    const { client, left } = scriptedClient([step, exported([])])
    await expect(all(client.audit.lines())).rejects.toBeInstanceOf(type)
    expect(left).toHaveLength(1)
  })

  it('is given up when the server stays away, and when it brings nothing', async () => {
    const { client, clock } = scriptedClient(
      Array.from({ length: 2 }, () => unreachable),
      { retries: 1 },
    )
    await expect(settled(clock, all(client.audit.lines()))).rejects.toBeInstanceOf(ConnectionError)
    const never: Step = (_, signal) =>
      new Response(
        new ReadableStream({
          start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
        }),
        { headers: { 'content-type': 'application/x-ndjson' } },
      )
    const quiet = scriptedClient([never], { retries: 0 })
    await expect(settled(quiet.clock, all(quiet.client.audit.lines()))).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
    })
  })

  it('ends with its signal', async () => {
    const { client } = scriptedClient([exported([`${line(1)}\n`, `${line(2)}\n`])])
    const stop = new AbortController()
    const reading = (async () => {
      for await (const _ of client.audit.lines({ signal: stop.signal })) stop.abort(new Error('enough'))
    })()
    await expect(reading).rejects.toThrow('enough')
  })
})
