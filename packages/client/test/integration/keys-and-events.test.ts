import type { JobEvent } from '@netpulse/client'
import { ConflictError, NetPulseClient, NotFoundError } from '@netpulse/client'
import { afterAll, describe, expect, it } from 'vitest'
import type { RealServer } from '../support/real-server.js'
import { startRealServer } from '../support/real-server.js'

/** Whether the API has the route or the header at all: these tests hold wherever it has. */
async function abilitiesOf({ url, apiKey }: RealServer) {
  const ask = async (method: string, path: string, headers: Record<string, string>, body?: string) => {
    const answer = await fetch(url + path, {
      method,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    })
    return ((await answer.json()) as { code: string }).code
  }
  const body = JSON.stringify({ driver: 'cli', connection_args: {}, command: 'show clock' })
  return {
    keys: (await ask('POST', '/device/exec', { 'idempotency-key': 'probe' }, body)) !== 'NOT_AVAILABLE',
    events: (await ask('GET', '/jobs/nobody/events', {})) !== 'ROUTE_NOT_FOUND',
  }
}

const server = await startRealServer()
const able = await abilitiesOf(server)

afterAll(() => server.stop())

const notThere = (what: string) => `tests skipped: the API has no ${what} yet`
if (!able.keys) console.log(notThere('Idempotency-Key'))
if (!able.events) console.log(notThere('event streams'))

describe.skipIf(!able.keys)('an idempotency key', () => {
  const request = () => server.requestTo('r1', { command: 'show clock' })

  it('makes one job of a request that is repeated', async () => {
    const { client } = server
    const first = await client.device.exec(request(), { idempotencyKey: 'same' })
    const second = await client.device.exec(request(), { idempotencyKey: 'same' })
    expect(second.id).toBe(first.id)
    const third = await client.device.exec(request())
    expect(third.id).not.toBe(first.id)
  })

  it('of another request is a conflict', async () => {
    const { client } = server
    await client.device.exec(request(), { idempotencyKey: 'other' })
    const other = client.device.exec(server.requestTo('r2', { command: 'show clock' }), { idempotencyKey: 'other' })
    await expect(other).rejects.toBeInstanceOf(ConflictError)
  })

  it('makes the devices of a bulk one job each when its answer was lost', async () => {
    let lost = 0
    const client = new NetPulseClient({
      url: server.url,
      apiKey: server.apiKey,
      random: () => 0,
      fetch: async (url, init) => {
        const answer = await fetch(url, init)
        if (init.method === 'POST' && lost++ === 0) throw new TypeError('fetch failed')
        return answer
      },
    })
    const devices = [server.deviceOf('r1'), server.deviceOf('r2')]
    const { entries } = await client.bulk.run({ driver: 'cli', command: 'show clock', tags: ['lost-answer'], devices })
    expect(entries.map(({ job }) => job?.outcome)).toEqual(['succeeded', 'succeeded'])
    expect((await client.jobs.page({ tag: 'lost-answer' })).jobs).toHaveLength(2)
  })
})

describe.skipIf(!able.events)('the events of a job', () => {
  const eventsOf = async (id: string, lastEventId?: string) => {
    const all: JobEvent[] = []
    const options = lastEventId === undefined ? {} : { lastEventId }
    for await (const event of server.client.jobs.stream(id, options)) all.push(event)
    return all
  }

  it('come from its beginning to its end, also when they are read later', async () => {
    const { id } = await server.client.device.exec(server.requestTo('r1', { command: ['show clock', 'show version'] }))
    const live = await eventsOf(id)
    expect(live.map(({ type }) => type)).toEqual(expect.arrayContaining(['queued', 'started', 'ended']))
    expect(live.at(-1)?.type).toBe('ended')
    expect(await eventsOf(id)).toEqual(live)
    expect(await eventsOf(id, live[0]!.id)).toEqual(live.slice(1))
  })

  it('are those of an existing job only', async () => {
    await expect(eventsOf('nobody')).rejects.toBeInstanceOf(NotFoundError)
  })

  it('of all jobs have those of each', async () => {
    const stop = new AbortController()
    const seen: string[] = []
    const reading = (async () => {
      for await (const { type } of server.client.jobs.streamAll({ signal: stop.signal })) {
        seen.push(type)
        if (type === 'ended') stop.abort(new Error('enough'))
      }
    })()
    const ended = expect(reading).rejects.toThrow('enough')
    await server.client.device.run(server.requestTo('r3', { command: 'show clock' }))
    await ended
    expect(seen.at(-1)).toBe('ended')
  })
})
