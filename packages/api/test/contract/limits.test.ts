import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

const codeOf = (answer: { json: () => unknown }): unknown => (answer.json() as { code?: unknown }).code

describe('the limit of requests of a key', () => {
  const limits = { requestsPerSecond: 2, burst: 3 }

  it('lets a burst through, refuses the rest, and says when to come again', async () => {
    const clock = new FakeClock()
    await using api = await startTestApi({ clock, limits })
    const first = [await api.get('/jobs'), await api.get('/jobs'), await api.get('/jobs')]
    expect(first.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
    expect(first.map(({ headers }) => headers['ratelimit-remaining'])).toEqual(['2', '1', '0'])
    const refused = await api.get('/jobs')
    expect([refused.statusCode, codeOf(refused)]).toEqual([429, 'RATE_LIMITED'])
    expect(refused.headers).toMatchObject({
      'retry-after': '1',
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '2',
    })
    await clock.advance(500)
    expect((await api.get('/jobs')).statusCode).toBe(200)
    expect((await api.get('/jobs')).statusCode).toBe(429)
  })

  it('counts each key for itself, and what the key may not do too', async () => {
    await using api = await startTestApi({ clock: new FakeClock(), limits })
    const asViewer = { 'x-api-key': 'key-of-viewer' }
    for (let index = 0; index < 3; index++)
      expect((await api.send('GET', '/keys', undefined, asViewer)).statusCode).toBe(403)
    expect(codeOf(await api.send('GET', '/keys', undefined, asViewer))).toBe('RATE_LIMITED')
    expect((await api.get('/jobs')).statusCode).toBe(200)
  })

  it('is none without a setting, and tells no headers then', async () => {
    await using api = await startTestApi()
    const answers = await Promise.all(Array.from({ length: 300 }, () => api.get('/health')))
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
    expect(answers[0]?.headers).not.toHaveProperty('ratelimit-limit')
  })
})

describe('the limit of wrong keys of an address', () => {
  const wrong = { 'x-api-key': 'np_wrong' }

  it('refuses to look at keys from an address that keeps sending wrong ones, until a while has passed', async () => {
    const clock = new FakeClock()
    await using api = await startTestApi({ clock, limits: { failedLoginsPerMinute: 3 } })
    const answers = []
    for (let index = 0; index < 5; index++) answers.push(codeOf(await api.send('GET', '/jobs', undefined, wrong)))
    expect(answers).toEqual(['INVALID_API_KEY', 'INVALID_API_KEY', 'INVALID_API_KEY', 'RATE_LIMITED', 'RATE_LIMITED'])
    const refused = await api.get('/jobs')
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '20'])
    await clock.advance(20_000)
    expect((await api.get('/jobs')).statusCode).toBe(200)
  })

  it('does not lock out a key that was right before, from the same address', async () => {
    await using api = await startTestApi({ clock: new FakeClock(), limits: { failedLoginsPerMinute: 2 } })
    expect((await api.get('/jobs')).statusCode).toBe(200)
    for (let index = 0; index < 4; index++) await api.send('GET', '/jobs', undefined, wrong)
    expect((await api.get('/jobs')).statusCode).toBe(200)
    expect((await api.send('GET', '/jobs', undefined, { 'x-api-key': 'key-of-viewer' })).statusCode).toBe(429)
  })

  it('does not count requests without a key: nobody guesses by them', async () => {
    await using api = await startTestApi({ clock: new FakeClock(), limits: { failedLoginsPerMinute: 2 } })
    for (let index = 0; index < 5; index++) {
      const answer = await api.app.inject({ method: 'GET', url: '/health' })
      expect(codeOf(answer)).toBe('INVALID_API_KEY')
    }
    expect((await api.get('/jobs')).statusCode).toBe(200)
  })

  it('counts each address for itself, behind a trusted proxy too', async () => {
    await using api = await startTestApi({
      clock: new FakeClock(),
      limits: { failedLoginsPerMinute: 1 },
      trustedProxies: ['127.0.0.1'],
    })
    const from = (client: string) => api.send('GET', '/jobs', undefined, { ...wrong, 'x-forwarded-for': client })
    expect([codeOf(await from('192.0.2.1')), codeOf(await from('192.0.2.1'))]).toEqual([
      'INVALID_API_KEY',
      'RATE_LIMITED',
    ])
    expect(codeOf(await from('192.0.2.2'))).toBe('INVALID_API_KEY')
  })

  it('does not believe a client that says it is another', async () => {
    await using api = await startTestApi({ clock: new FakeClock(), limits: { failedLoginsPerMinute: 1 } })
    const from = (client: string) => api.send('GET', '/jobs', undefined, { ...wrong, 'x-forwarded-for': client })
    await from('192.0.2.1')
    expect(codeOf(await from('192.0.2.2'))).toBe('RATE_LIMITED')
  })
})

describe('the limits of one request', () => {
  it('refuses more devices than a bulk may have', async () => {
    await using api = await startTestApi({ limits: { maxDevicesPerBulk: 2 } })
    const body = { driver: 'echo', command: 'x', devices: [{ host: 'a' }, { host: 'b' }, { host: 'c' }] }
    const answer = await api.post('/device/bulk', body)
    expect([answer.statusCode, codeOf(answer)]).toEqual([422, 'INVALID_INPUT'])
    expect(answer.json()).toMatchObject({ errors: [{ path: 'devices' }] })
    expect(api.netpulse.submitted).toEqual([])
  })

  it('refuses a body that is longer than the server takes', async () => {
    await using api = await startTestApi({ bodyLimitBytes: 2048 })
    const answer = await api.post('/device/exec', { ...showClock, command: 'x'.repeat(3000) })
    expect([answer.statusCode, codeOf(answer)]).toEqual([413, 'BODY_TOO_LARGE'])
  })

  it.each([
    { name: 'at the limit', depth: 96, status: 201 },
    { name: 'above it', depth: 101, status: 422 },
    { name: 'far above it', depth: 200_000, status: 422 },
  ])('takes or refuses what nests $name', async ({ depth, status }) => {
    await using api = await startTestApi()
    const nested = '['.repeat(depth) + ']'.repeat(depth)
    const payload = `{"driver":"echo","connection_args":{"host":"r1"},"command":"[[{ \\" [[","driver_args":{"x":${nested}}}`
    const answer = await api.app.inject({
      method: 'POST',
      url: '/device/exec',
      headers: { 'x-api-key': 'key-of-admin', 'content-type': 'application/json' },
      payload,
    })
    expect(answer.statusCode).toBe(status)
  })

  it.each([
    { name: 'as many entries as the longest config', entries: 100_000, status: 201 },
    { name: 'more', entries: 100_001, status: 422 },
    { name: 'wrong ones only, as many as the body can hold', entries: 4_000_000, status: 422 },
  ])('takes or refuses a list that has $name', async ({ name, entries, status }) => {
    await using api = await startTestApi()
    const item = name.startsWith('wrong') ? '0' : '"a"'
    const answer = await api.app.inject({
      method: 'POST',
      url: '/device/exec',
      headers: { 'x-api-key': 'key-of-admin', 'content-type': 'application/json' },
      payload: `{"driver":"echo","connection_args":{"host":"r1"},"config":[${`${item},`.repeat(entries - 1)}${item}]}`,
    })
    expect(answer.statusCode).toBe(status)
    expect(answer.body.length).toBeLessThan(10_000_000)
  })

  it('tells of a list of wrong items only what a client reads', async () => {
    await using api = await startTestApi()
    const answer = await api.post('/device/exec', { ...showClock, command: Array.from({ length: 90_000 }, () => 0) })
    expect([answer.statusCode, codeOf(answer)]).toEqual([422, 'INVALID_INPUT'])
    expect(answer.json<{ errors: unknown[] }>().errors).toHaveLength(100)
  })

  it('refuses headers that are longer than a server should read', async () => {
    await using api = await startTestApi()
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const answer = await fetch(`${url}/jobs`, { headers: { 'x-long': 'x'.repeat(20_000) } })
    expect(answer.status).toBe(431)
    expect(await answer.json()).toMatchObject({ code: 'BAD_REQUEST' })
  })
})
