import { asDeviceId, silentLogger } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import { startTestApi } from '../support/test-api.js'

interface Batch {
  readonly succeeded: readonly { readonly device_name: string; readonly command: string[]; readonly kind: string }[]
  readonly failed: readonly {
    readonly index: number
    readonly host: string
    readonly code: string
    readonly reason: string
  }[]
}

describe('POST /device/bulk', () => {
  const base = { driver: 'echo', connection_args: { username: 'u', port: 22 }, command: 'show clock' }

  it('merges the fields of each device over those of all', async () => {
    await using api = await startTestApi()
    const devices = [
      { host: 'a' },
      { host: 'b', port: 2222, username: null },
      { host: 'c', config: ['shutdown'] },
      { host: 'd', command: ['one', 'two'] },
    ]
    const answer = await api.post('/device/bulk', { ...base, devices })
    expect(answer.statusCode).toBe(201)
    const { succeeded, failed } = answer.json<Batch>()
    expect(failed).toEqual([])
    expect(succeeded.map(({ device_name, command, kind }) => [device_name, command, kind])).toEqual([
      ['a', ['show clock'], 'query'],
      ['b', ['show clock'], 'query'],
      ['c', ['shutdown'], 'modification'],
      ['d', ['one', 'two'], 'query'],
    ])
    expect(api.netpulse.submitted.map(({ connectionArgs }) => connectionArgs)).toEqual([
      { host: 'a', username: 'u', port: 22 },
      { host: 'b', username: 'u', port: 2222 },
      { host: 'c', username: 'u', port: 22 },
      { host: 'd', username: 'u', port: 22 },
    ])
    expect(api.netpulse.submitted.every(({ ttlSeconds, owner }) => ttlSeconds === 600 && owner === 'id-of-admin')).toBe(
      true,
    )
  })

  it('puts each bad device in failed and runs the others', async () => {
    await using api = await startTestApi()
    const devices = [
      { host: 'good1' },
      {},
      { host: 'typo', usernmae: 'x' },
      { host: 'both', command: 'a', config: 'b' },
      { host: 'number', command: 5 },
      { host: 'port', port: 'ssh' },
      { host: 'vault', credential: { reff: 'x' } },
      { host: 'file', file_transfer: { operation: 'upload' } },
      { host: 'good2' },
    ]
    const answer = await api.post('/device/bulk', { ...base, devices })
    expect(answer.statusCode).toBe(201)
    const { succeeded, failed } = answer.json<Batch>()
    expect(succeeded.map(({ device_name }) => device_name)).toEqual(['good1', 'good2'])
    expect(failed.map(({ index, host, code }) => [index, host, code])).toEqual([
      [1, '', 'HOST_REQUIRED'],
      [2, 'typo', 'INVALID_INPUT'],
      [3, 'both', 'INVALID_INPUT'],
      [4, 'number', 'INVALID_INPUT'],
      [5, 'port', 'INVALID_INPUT'],
      [6, 'vault', 'INVALID_INPUT'],
      [7, 'file', 'NOT_AVAILABLE'],
    ])
    expect(failed[1]).toMatchObject({ errors: [{ path: 'connection_args.usernmae' }] })
    expect(failed.every(({ reason }) => reason.length > 0)).toBe(true)
  })

  it('answers with empty lists for no device', async () => {
    await using api = await startTestApi()
    expect((await api.post('/device/bulk', { ...base, devices: [] })).json()).toEqual({ succeeded: [], failed: [] })
  })

  it('refuses the request as a whole when nobody knows the driver', async () => {
    await using api = await startTestApi()
    const answer = await api.post('/device/bulk', { ...base, driver: 'nope', devices: [{ host: 'a' }, { host: 'b' }] })
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'DRIVER_UNKNOWN'])
  })

  it.each([
    { name: 'no devices', body: { ...base } },
    { name: 'devices that are no list', body: { ...base, devices: { host: 'a' } } },
    { name: 'a device that is text', body: { ...base, devices: ['a'] } },
    { name: 'a misspelt field', body: { ...base, devices: [], comand: 'x' } },
  ])('answers 422 for $name', async ({ body }) => {
    await using api = await startTestApi()
    expect((await api.post('/device/bulk', body)).statusCode).toBe(422)
  })
})

describe('POST /device/test', () => {
  const request = { driver: 'echo', connection_args: { host: 'r1', password: 'right' } }

  it('tells what the session knows about its device', async () => {
    await using api = await startTestApi()
    const answer = await api.post('/device/test', request)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      success: true,
      latency: 0.042,
      error: null,
      code: null,
      result: { driver: 'echo', host: 'r1', device_type: 'echo', prompt: 'r1#' },
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    })
  })

  it('answers 200 with success false when the device refuses', async () => {
    await using api = await startTestApi()
    const answer = await api.post('/device/test', { ...request, connection_args: { host: 'r1', password: 'wrong' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      success: false,
      error: 'The device r1 refused the login.',
      code: 'AUTH_FAILED',
      result: null,
    })
  })

  it('answers 400 without a host', async () => {
    await using api = await startTestApi()
    const answer = await api.post('/device/test', { driver: 'echo', connection_args: {} })
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'HOST_REQUIRED'])
  })
})

describe('held devices', () => {
  it('are listed, and let go by their id', async () => {
    await using api = await startTestApi()
    const since = new Date('2026-02-03T04:05:06Z')
    api.netpulse.held.push({ device: asDeviceId('lab/r1:2222'), reason: 'unknown outcome', since })
    expect((await api.get('/devices/holds')).json()).toEqual([
      { device: 'lab/r1:2222', reason: 'unknown outcome', since: '2026-02-03T04:05:06.000Z' },
    ])
    const url = `/devices/${encodeURIComponent('lab/r1:2222')}/hold`
    expect((await api.delete(url)).json()).toEqual({ device: 'lab/r1:2222', status: 'released' })
    const again = await api.delete(url)
    expect([again.statusCode, again.json<{ code: string }>().code]).toEqual([404, 'DEVICE_NOT_HELD'])
  })
})

describe('POST /device/test whose client hangs up', () => {
  it('is ended, and not logged as a bug', async () => {
    const bugs: string[] = []
    const api = await startTestApi({ logger: { ...silentLogger, error: (_fields, message) => bugs.push(message) } })
    const reasons: unknown[] = []
    const begun = new Promise<void>((resolve) => {
      api.netpulse.testConnection = (_request, signal) =>
        new Promise<never>((_, reject) => {
          signal!.addEventListener('abort', () => {
            reasons.push(signal!.reason)
            reject(signal!.reason as Error)
          })
          resolve()
        })
    })
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const client = new AbortController()
    const answer = fetch(`${url}/device/test`, {
      method: 'POST',
      headers: { 'x-api-key': 'key-of-admin', 'content-type': 'application/json' },
      body: JSON.stringify({ driver: 'echo', connection_args: { host: '192.0.2.1' } }),
      signal: client.signal,
    })
    await begun
    client.abort()
    await expect(answer).rejects.toThrow()
    await expect.poll(() => reasons).toMatchObject([{ code: 'ABORTED' }])
    await api[Symbol.asyncDispose]()
    expect(bugs).toEqual([])
  })
})

describe('GET /workers', () => {
  it('answers with every field of the reference', async () => {
    await using api = await startTestApi()
    expect((await api.get('/workers')).json<object[]>()[0]).toEqual({
      name: 'fifo-1',
      status: 'idle',
      type: 'fifo',
      pid: 42,
      hostname: 'box',
      node: 'node-1',
      device: null,
      queues: ['FifoQ'],
      last_heartbeat: '2026-01-01T00:00:00.000Z',
      birth_at: '2026-01-01T00:00:00.000Z',
      successful_job_count: 2,
      failed_job_count: 1,
    })
  })

  it.each([
    { query: 'queue=FifoQ', names: ['fifo-1', 'fifo@node-2'] },
    { query: 'host=192.0.2.1', names: ['r1'] },
    { query: 'node=box', names: ['fifo-1', 'r1'] },
    { query: 'node=other', names: [] },
    { query: 'node=node-1&queue=HostQ_192.0.2.1', names: ['r1'] },
  ])('filters by $query', async ({ query, names }) => {
    await using api = await startTestApi()
    const workers = (await api.get(`/workers?${query}`)).json<{ name: string }[]>()
    expect(workers.map(({ name }) => name)).toEqual(names)
  })
})

describe('DELETE /workers/{name}', () => {
  it('ends the worker of this name', async () => {
    await using api = await startTestApi()
    const answer = await api.delete(`/workers/${encodeURIComponent('node@node-2')}`)
    expect([answer.statusCode, answer.json()]).toEqual([200, { name: 'node@node-2' }])
    expect(api.netpulse.endedWorkers).toEqual(['node@node-2'])
  })

  it('takes a name with a slash, as that of a device', async () => {
    await using api = await startTestApi()
    const answer = await api.delete(`/workers/${encodeURIComponent('pinned/lab/r1:22@node-1')}`)
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({
      code: 'WORKER_NOT_FOUND',
      detail: 'Worker pinned/lab/r1:22@node-1 not found',
    })
  })
})

describe('DELETE /workers', () => {
  it.each([
    { query: '', names: [], told: [] },
    { query: '?queue=FifoQ', names: ['fifo-1', 'fifo@node-2'], told: ['fifo-1', 'fifo@node-2'] },
    { query: '?host=192.0.2.1', names: ['r1'], told: ['r1'] },
    { query: '?node=box&queue=FifoQ', names: ['fifo-1'], told: ['fifo-1'] },
    { query: '?node=rack', names: ['node@node-2', 'fifo@node-2'], told: ['node@node-2'] },
    { query: '?node=nowhere', names: [], told: [] },
  ])('with "$query" answers with the names that it ended', async ({ query, names, told }) => {
    await using api = await startTestApi()
    const answer = await api.delete(`/workers${query}`)
    expect([answer.statusCode, answer.json()]).toEqual([200, names])
    expect(api.netpulse.endedWorkers).toEqual(told)
  })

  it('refuses a filter that does not exist', async () => {
    await using api = await startTestApi()
    expect((await api.delete('/workers?nod=box')).statusCode).toBe(422)
    expect(api.netpulse.endedWorkers).toEqual([])
  })
})

describe('GET /health', () => {
  it('answers ok', async () => {
    await using api = await startTestApi()
    expect((await api.get('/health')).json()).toEqual({ status: 'ok' })
  })
})
