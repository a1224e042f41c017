import {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  InvalidAnswerError,
  NetPulseApiError,
  NetPulseClient,
  NotFoundError,
  TimeoutError,
  TooManyRequestsError,
  UnavailableError,
  ValidationError,
} from '@netpulse/client'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { answer, refusal, scriptedClient, settled, silent, unreachable } from '../support/scripted-server.js'

const request = { driver: 'cli', connection_args: { host: 'r1' }, command: 'show clock' }
const job = (status: string) => ({ id: 'j1', status, outcome: status === 'finished' ? 'succeeded' : null })

describe('a request', () => {
  it('goes below the URL of the API, with the key in a header', async () => {
    const { client, sent } = scriptedClient([answer(200, [])])
    await client.workers.list({ host: 'r1' })
    expect(sent).toMatchObject([
      { method: 'GET', url: 'http://np.test/api/workers?host=r1', headers: { authorization: 'Bearer np_key' } },
    ])
  })

  it('encodes what stands in a path', async () => {
    const { client, sent } = scriptedClient([answer(200, {}), answer(200, {})])
    await client.devices.releaseHold('lab/r1:22')
    await client.workers.end('pinned/r1@node')
    expect(sent.map(({ url }) => url)).toEqual([
      'http://np.test/api/devices/lab%2Fr1%3A22/hold',
      'http://np.test/api/workers/pinned%2Fr1%40node',
    ])
  })

  it('lists words with commas, and leaves out what is undefined', async () => {
    const { client, sent } = scriptedClient([answer(200, [])])
    await client.jobs.page({ status: ['finished', 'failed'], limit: 5 })
    expect(sent[0]?.url).toBe('http://np.test/api/jobs?status=finished%2Cfailed&limit=5')
  })
})

describe('a refusal', () => {
  it.each([
    { name: '401', status: 401, type: AuthenticationError },
    { name: '403', status: 403, type: AuthenticationError },
    { name: '404', status: 404, type: NotFoundError },
    { name: '400', status: 400, type: ValidationError },
    { name: '422', status: 422, type: ValidationError },
    { name: '409', status: 409, type: ConflictError },
    { name: '429', status: 429, type: TooManyRequestsError },
    { name: '503', status: 503, type: UnavailableError },
    { name: '500', status: 500, type: NetPulseApiError },
  ])('with $name is an error of its class', async ({ status, type }) => {
    const { client } = scriptedClient([refusal(status, 'SOME_CODE', { 'x-request-id': 'req-1' })], { retries: 0 })
    const error = await client.health().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject({
      status,
      code: 'SOME_CODE',
      detail: 'It is SOME_CODE.',
      requestId: 'req-1',
      errors: [],
    })
    expect((error as Error).name).toBe(type.name)
  })

  it('says which fields are wrong and when to come back', async () => {
    const errors = [{ path: 'ttl', message: 'must be >= 1' }]
    const body = { detail: 'no', code: 'INVALID_INPUT', errors }
    const { client } = scriptedClient([answer(422, body, { 'retry-after': '7' })])
    await expect(client.health()).rejects.toMatchObject({ errors, retryAfterSeconds: 7 })
  })

  it('of a proxy, without JSON, still has its status', async () => {
    const { client } = scriptedClient([() => new Response('<h1>Bad Gateway</h1>', { status: 502 })], { retries: 0 })
    await expect(client.health()).rejects.toMatchObject({ status: 502, code: 'HTTP_ERROR' })
  })

  it('never shows the key', async () => {
    const { client } = scriptedClient([refusal(403, 'INVALID_API_KEY')])
    const error = await client.health().catch((thrown: unknown) => thrown)
    expect(inspect([error, client], { depth: 9, showHidden: true })).not.toContain('np_key')
    expect(JSON.stringify(client)).not.toContain('np_key')
  })
})

describe('an answer that is no JSON', () => {
  it('says that this is no NetPulse server', async () => {
    const { client } = scriptedClient([() => new Response('<html>hello</html>')])
    await expect(client.health()).rejects.toBeInstanceOf(InvalidAnswerError)
  })
})

describe('administration', () => {
  it('encodes keys, addresses and deliveries in paths', async () => {
    const { client, sent } = scriptedClient(Array.from({ length: 3 }, () => answer(200, {})))
    await client.keys.rotate('a/b', { overlapSeconds: 5 })
    await client.hostKeys.forget('[2001:db8::1]:22')
    await client.deliveries.replay('msg?1')
    expect(sent.map(({ method, url }) => `${method} ${url.slice('http://np.test/api'.length)}`)).toEqual([
      'POST /keys/a%2Fb/rotate',
      'DELETE /host-keys/%5B2001%3Adb8%3A%3A1%5D%3A22',
      'POST /webhooks/dead/msg%3F1/replay',
    ])
    expect(sent.map(({ body }) => body)).toEqual([{ overlap_seconds: 5 }, undefined, undefined])
  })

  it.each([
    {
      name: 'a new key',
      call: (client: NetPulseClient) => client.keys.create({ name: 'x', role: 'viewer' }),
      sends: 1,
    },
    { name: 'a rotation', call: (client: NetPulseClient) => client.keys.rotate('k'), sends: 1 },
    { name: 'a replay', call: (client: NetPulseClient) => client.deliveries.replay('d'), sends: 1 },
    { name: 'a probe', call: (client: NetPulseClient) => client.system.live(), sends: 1 },
    { name: 'a pinned key', call: (client: NetPulseClient) => client.hostKeys.pin('r1:22', {}), sends: 2 },
    { name: 'a look-up', call: (client: NetPulseClient) => client.credentials.test({ ref: 'x' }), sends: 2 },
  ])('sends $name $sends times when no answer comes', async ({ call, sends }) => {
    const { client, clock, sent } = scriptedClient([unreachable, answer(200, {})])
    await settled<unknown>(
      clock,
      Promise.resolve<unknown>(call(client)).catch(() => undefined),
    )
    expect(sent).toHaveLength(sends)
  })

  it('takes 503 for not ready, and asks once', async () => {
    const { client, sent } = scriptedClient([answer(503, { status: 'unavailable' })])
    expect(await client.system.ready()).toBe(false)
    expect(sent).toHaveLength(1)
  })
})

describe('repetition', () => {
  it('of a read that got no answer succeeds when the server is back', async () => {
    const { client, clock, sent } = scriptedClient([
      unreachable,
      refusal(503, 'NO_WORKER'),
      answer(200, { status: 'ok' }),
    ])
    expect(await settled(clock, client.health())).toEqual({ status: 'ok' })
    expect(sent).toHaveLength(3)
    expect(clock.pendingTimers).toBe(0)
  })

  it('ends after so many tries, with the last error', async () => {
    const { client, clock, sent } = scriptedClient([unreachable, unreachable, unreachable], { retries: 2 })
    const error = await settled(clock, client.health()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED' })
    expect((error as Error).message).toContain('ECONNREFUSED')
    expect(sent).toHaveLength(3)
  })

  it('waits as long as the server asks', async () => {
    const { client, clock, sent } = scriptedClient([
      refusal(429, 'QUEUE_FULL', { 'retry-after': '20' }),
      answer(200, { status: 'ok' }),
    ])
    const healthy = client.health()
    await clock.advance(0)
    await clock.advance(19_900)
    expect(sent).toHaveLength(1)
    await clock.advance(1_000)
    expect(sent).toHaveLength(2)
    expect(await healthy).toEqual({ status: 'ok' })
  })

  it('does not wait for a server that asks for more than a minute', async () => {
    const { client } = scriptedClient([refusal(503, 'NO_WORKER', { 'retry-after': '600' })])
    await expect(client.health()).rejects.toMatchObject({ retryAfterSeconds: 600 })
  })

  it.each([
    { name: 'a refusal that stays', step: refusal(422, 'INVALID_INPUT') },
    { name: 'a bug of the server', step: refusal(500, 'INTERNAL') },
  ])('does not happen after $name', async ({ step }) => {
    const { client, sent } = scriptedClient([step])
    await expect(client.health()).rejects.toBeInstanceOf(NetPulseApiError)
    expect(sent).toHaveLength(1)
  })

  it.each([
    { name: 'submitting without a key', call: (client: NetPulseClient) => client.device.exec(request) },
    { name: 'a test of a login', call: (client: NetPulseClient) => client.device.test(request) },
    { name: 'canceling', call: (client: NetPulseClient) => client.jobs.cancel('j1') },
  ])('is not done for $name', async ({ call }) => {
    const { client, sent } = scriptedClient([unreachable], { idempotencyKeys: false })
    await expect(call(client)).rejects.toBeInstanceOf(ConnectionError)
    expect(sent).toHaveLength(1)
  })

  it('of a submission carries the same key each time, and another one for the next call', async () => {
    const steps = [unreachable, refusal(503, 'NO_WORKER'), answer(201, job('queued')), answer(201, job('queued'))]
    const { client, clock, sent } = scriptedClient(steps)
    await settled(clock, client.device.exec(request))
    await client.device.exec(request)
    const keys = sent.map(({ headers }) => headers['idempotency-key'])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).toBe(keys[0])
    expect(keys[3]).not.toBe(keys[0])
  })
})

describe('time', () => {
  it('of an answer is limited', async () => {
    const { client, clock } = scriptedClient([silent], { retries: 0 })
    const error = await settled(clock, client.health({ timeoutMs: 2_000 })).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ code: 'REQUEST_TIMEOUT' })
  })

  it('that the server was asked to wait comes on top', async () => {
    const { client, clock } = scriptedClient([silent], { retries: 0 })
    let failed = false
    const job = client.jobs.get('j1', { waitSeconds: 60, timeoutMs: 1_000 }).catch(() => (failed = true))
    await clock.advance(60_900)
    expect(failed).toBe(false)
    await clock.advance(200)
    await job
    expect(failed).toBe(true)
  })

  it('of a wait is limited by polls that grow no longer than is left', async () => {
    const { client, clock, sent } = scriptedClient([
      async () => (await clock.advance(60_000), answer(200, job('started'))(undefined!, undefined!)),
      async () => (await clock.advance(30_000), answer(200, job('started'))(undefined!, undefined!)),
    ])
    await expect(client.jobs.wait('j1', { timeoutMs: 90_000 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' })
    expect(sent.map(({ url }) => url.split('?')[1])).toEqual(['wait=60', 'wait=30'])
  })

  it.each([
    { name: 'while it is open', steps: [silent], beforeMs: 0 },
    { name: 'while it waits for its repetition', steps: [unreachable], beforeMs: 10 },
  ])("of a call ends with the caller's signal $name", async ({ steps, beforeMs }) => {
    const { client, clock } = scriptedClient([...steps])
    const stop = new AbortController()
    const call = client.health({ signal: stop.signal })
    await clock.advance(beforeMs)
    stop.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('a list of jobs', () => {
  it('goes through the pages as far as somebody reads', async () => {
    const pages = [
      answer(200, [{ id: 'a' }, { id: 'b' }], { 'x-next-cursor': 'c1' }),
      answer(200, [{ id: 'c' }], { 'x-next-cursor': 'c2' }),
    ]
    const { client, sent } = scriptedClient(pages)
    const ids: string[] = []
    for await (const { id } of client.jobs.list({ limit: 2, host: 'r1' })) {
      ids.push(id)
      if (id === 'c') break
    }
    expect(ids).toEqual(['a', 'b', 'c'])
    expect(sent.map(({ url }) => url.split('?')[1])).toEqual(['limit=2&host=r1', 'limit=2&host=r1&cursor=c1'])
  })
})

describe('options', () => {
  it.each([
    { name: 'a URL of another kind', options: { url: 'ftp://np.test', apiKey: 'k' } },
    { name: 'a password in the URL', options: { url: 'http://admin:secret@np.test', apiKey: 'k' } },
    { name: 'an empty key', options: { url: 'http://np.test', apiKey: '' } },
    { name: 'a key with a line break', options: { url: 'http://np.test', apiKey: 'a\nb' } },
    { name: 'a part of a repetition', options: { url: 'http://np.test', apiKey: 'k', retries: 0.5 } },
    { name: 'no time', options: { url: 'http://np.test', apiKey: 'k', timeoutMs: 0 } },
  ])('with $name are refused', ({ options }) => {
    expect(() => new NetPulseClient(options)).toThrow(TypeError)
  })
})
