import type { BulkProgress } from '@netpulse/client'
import {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  hasEnded,
  NetPulseClient,
  NotFoundError,
  ValidationError,
} from '@netpulse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RealServer } from '../support/real-server.js'
import { startRealServer } from '../support/real-server.js'

describe('the client at a real server', () => {
  let server: RealServer

  beforeAll(async () => {
    server = await startRealServer()
  })

  afterAll(() => server.stop())

  it('runs a job to its end, and reads it again', async () => {
    const { client, requestTo } = server
    const job = await client.device.run(requestTo('r1', { command: ['show clock', 'show version'], tags: ['one'] }))
    expect(job).toMatchObject({
      status: 'finished',
      outcome: 'succeeded',
      kind: 'query',
      command: ['show clock', 'show version'],
    })
    expect(String(job.result?.retval?.[1]?.stdout)).toContain('Cisco IOS')
    expect(await client.jobs.get(job.id)).toEqual(job)
    expect(await client.jobs.wait(job.id)).toEqual(job)
  })

  it('submits without waiting, waits for a while, and cancels', async () => {
    const { client, requestTo } = server
    const job = await client.device.exec(requestTo('slow', { command: 'show clock' }))
    expect(hasEnded(job)).toBe(false)
    await expect(client.jobs.wait(job.id, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' })
    expect(await client.jobs.cancel(job.id)).toMatchObject({ id: job.id, cancel_requested: true })
    expect(await client.jobs.wait(job.id)).toMatchObject({ status: 'canceled', outcome: 'canceled' })
    await expect(client.jobs.cancel(job.id)).rejects.toBeInstanceOf(ConflictError)
  })

  it('gives up waiting when its signal says so', async () => {
    const { client, requestTo } = server
    const job = await client.device.exec(requestTo('slow', { command: 'show clock' }))
    const stop = new AbortController()
    const waiting = client.jobs.wait(job.id, { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await client.jobs.cancel(job.id)
  })

  it('cancels what waits for a host', async () => {
    const { client, requestTo } = server
    const jobs = await Promise.all(
      Array.from({ length: 3 }, () => client.device.exec(requestTo('slow', { config: 'hostname slow' }))),
    )
    const canceled = await client.jobs.cancelMany({ host: '127.0.0.1' })
    expect(jobs.map(({ id }) => id)).toEqual(expect.arrayContaining([...canceled]))
    expect(canceled.length).toBeGreaterThanOrEqual(2)
    await Promise.all(jobs.filter(({ id }) => !canceled.includes(id)).map(({ id }) => client.jobs.cancel(id)))
  })

  it('lists jobs over pages', async () => {
    const { client, requestTo } = server
    const made: string[] = []
    for (let count = 0; count < 5; count++)
      made.unshift((await client.device.run(requestTo('r2', { command: 'show clock', tags: ['paged'] }))).id)
    const seen: string[] = []
    for await (const { id } of client.jobs.list({ tag: 'paged', limit: 2, status: ['finished'] })) seen.push(id)
    expect(seen).toEqual(made)
  })

  it('tests a login', async () => {
    const { client, deviceOf } = server
    const right = { driver: 'cli', connection_args: deviceOf('r1') }
    expect(await client.device.test(right)).toMatchObject({ success: true, result: { prompt: 'r1#' } })
    const wrong = { ...right, connection_args: { ...right.connection_args, password: 'wrong' } }
    expect(await client.device.test(wrong)).toMatchObject({ success: false, code: 'AUTH_FAILED' })
  })

  it('lists and ends workers', async () => {
    const { client, requestTo } = server
    const { worker } = await client.device.run(requestTo('r3', { command: 'show clock' }))
    expect((await client.workers.list()).map(({ name }) => name)).toContain(worker)
    await client.workers.end(worker!)
    await expect(client.workers.end('nobody')).rejects.toBeInstanceOf(NotFoundError)
    expect(await client.workers.endMany({})).toEqual([])
  })

  it('lists held devices and releases them', async () => {
    const { client, requestTo, simulator } = server
    simulator.device('cut').fail({ at: 'config-line', line: 2 })
    const lines = ['interface Loopback1', 'description one', 'description two']
    const job = await client.device.run(requestTo('cut', { config: lines }))
    expect(job.outcome).toBe('unknown')
    expect(await client.devices.holds()).toMatchObject([{ device: job.device }])
    expect(await client.devices.releaseHold(job.device)).toEqual({ device: job.device, status: 'released' })
    await expect(client.devices.releaseHold(job.device)).rejects.toMatchObject({ code: 'DEVICE_NOT_HELD' })
  })

  it('is refused with a wrong key, and says so by class', async () => {
    const stranger = new NetPulseClient({ url: server.url, apiKey: 'wrong' })
    await expect(stranger.health()).rejects.toBeInstanceOf(AuthenticationError)
    expect(await server.client.health()).toEqual({ status: 'ok' })
  })

  it('is told which field is wrong', async () => {
    const { client, requestTo } = server
    const wrong = client.device.exec(requestTo('r1', { command: 'show clock', execution_timout: 5 }))
    await expect(wrong).rejects.toBeInstanceOf(ValidationError)
    await expect(wrong).rejects.toMatchObject({ status: 422, errors: [{ path: 'execution_timout' }] })
    await expect(client.jobs.get('nobody')).rejects.toBeInstanceOf(NotFoundError)
  })

  it('says that nobody listens', async () => {
    const nobody = new NetPulseClient({ url: 'http://127.0.0.1:1', apiKey: 'k', retries: 0 })
    await expect(nobody.health()).rejects.toBeInstanceOf(ConnectionError)
  })
})

describe('a bulk at a real server', () => {
  let server: RealServer

  beforeAll(async () => {
    server = await startRealServer()
  })

  afterAll(() => server.stop())

  it('answers with one entry per device, in their order, and tells how far it is', async () => {
    const { client, deviceOf } = server
    const devices = [
      deviceOf('r1'),
      { ...deviceOf('r2'), port: -1 },
      { ...deviceOf('r2'), command: 'show nonsense' },
      { ...deviceOf('r3'), password: 'wrong' },
      deviceOf('r3'),
    ]
    const told: BulkProgress[] = []
    const finished: (string | null)[] = []
    const { entries, progress } = await client.bulk.run(
      { driver: 'cli', command: 'show clock', devices },
      { chunkSize: 2, onProgress: (one) => told.push(one), onJob: ({ outcome }) => finished.push(outcome) },
    )
    expect(entries.map(({ device }) => device)).toEqual(devices)
    expect(entries.map(({ job, failure }) => job?.outcome ?? failure?.code)).toEqual([
      ...['succeeded', 'INVALID_INPUT', 'refused', 'failed', 'succeeded'],
    ])
    expect(entries[1]?.failure?.errors?.[0]?.path).toContain('port')
    expect(progress).toEqual({ total: 5, accepted: 4, refused: 1, ended: 4, succeeded: 2 })
    expect(told.slice(0, 3).map(({ accepted }) => accepted)).toEqual([1, 3, 4])
    expect(told.at(-1)).toEqual(progress)
    expect(finished.sort()).toEqual(['failed', 'refused', 'succeeded', 'succeeded'])
  })

  it('takes several requests, each with its devices', async () => {
    const { client, deviceOf } = server
    const { entries } = await client.bulk.run([
      { driver: 'cli', command: 'show clock', devices: [deviceOf('r1')] },
      { driver: 'cli', config: 'hostname r2', devices: [deviceOf('r2')] },
    ])
    expect(entries.map(({ job }) => [job?.kind, job?.outcome])).toEqual([
      ['query', 'succeeded'],
      ['modification', 'succeeded'],
    ])
  })

  it('that is refused as a whole throws, and nothing was accepted', async () => {
    const { client, deviceOf } = server
    const bulk = client.bulk.run({ driver: 'nobody', command: 'show clock', devices: [deviceOf('r1')] })
    await expect(bulk).rejects.toMatchObject({ code: 'DRIVER_UNKNOWN' })
  })

  it('is no longer waited for when its signal says so; its jobs go on', async () => {
    const { client, deviceOf } = server
    const stop = new AbortController()
    const bulk = client.bulk.run(
      { driver: 'cli', command: 'show clock', devices: [deviceOf('slow')], tags: ['left'] },
      { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) },
    )
    await expect(bulk).rejects.toThrow('enough')
    const { jobs } = await client.jobs.page({ tag: 'left' })
    expect(jobs.map(hasEnded)).toEqual([false])
  })
})
