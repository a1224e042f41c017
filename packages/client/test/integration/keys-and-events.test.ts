import type { JobEvent, JobStreamOptions } from '@netpulse/client'
import { ConflictError, NetPulseClient, NotFoundError } from '@netpulse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RealServer } from '../support/real-server.js'
import { startRealServer } from '../support/real-server.js'

let server: RealServer

beforeAll(async () => {
  server = await startRealServer()
})

afterAll(() => server.stop())

describe('an idempotency key', () => {
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

describe('the events of a job', () => {
  const eventsOf = async (id: string, options: JobStreamOptions = {}) => {
    const all: JobEvent[] = []
    for await (const event of server.client.jobs.stream(id, options)) all.push(event)
    return all
  }

  it('come from its beginning to its end, also when they are read later', async () => {
    const { id } = await server.client.device.exec(server.requestTo('r1', { command: ['show clock', 'show version'] }))
    const live = await eventsOf(id, { output: false })
    expect(live.map(({ type }) => type)).toEqual(expect.arrayContaining(['queued', 'started', 'ended']))
    expect(live.at(-1)?.type).toBe('ended')
    expect(await eventsOf(id)).toEqual(live)
    expect(await eventsOf(id, { after: live[0]!.sequence })).toEqual(live.slice(1))
  })

  it('have what the device says while the job runs', async () => {
    const { client, requestTo } = server
    const { id } = await client.device.exec(requestTo('slow', { command: 'show clock' }))
    const seen: JobEvent[] = []
    for await (const event of client.jobs.stream(id)) {
      seen.push(event)
      const isFirst = seen.filter(({ type }) => type === 'output').length === 1
      if (event.type === 'output' && isFirst) await client.jobs.cancel(id)
    }
    expect(
      seen
        .filter(({ type }) => type === 'output')
        .map(({ data }) => data?.['text'])
        .join(''),
    ).toContain('slow#')
    expect(seen.at(-1)).toMatchObject({ type: 'ended', data: { outcome: 'canceled' } })
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
