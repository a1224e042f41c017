import type { WebhookDelivery } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

const hook = { url: 'https://hooks.example.net/in' }
const at = new Date('2026-03-01T12:00:00Z')

const deliveryOf = (id: string, change: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  id,
  jobId: 'job' as WebhookDelivery['jobId'],
  event: 'job.completed',
  origin: 'https://hooks.example.net',
  at,
  state: 'dead',
  attempts: 1,
  log: [
    {
      at,
      durationMs: 1234,
      delivered: false,
      status: 503,
      error: { code: 'RECEIVER_REFUSED', message: 'It said 503.' },
    },
  ],
  ...change,
})

describe('webhook of a request', () => {
  it('is taken with the fields of the reference', async () => {
    await using api = await startTestApi()
    const webhook = {
      ...hook,
      name: 'basic',
      method: 'PUT',
      headers: { a: 'b' },
      cookies: { c: 'd' },
      auth: ['user', 'pass'],
      timeout: 0.5,
      max_retries: 10,
      retry_intervals: [1, 2.5],
      events: ['job.started', 'job.failed'],
    }
    expect((await api.post('/device/exec', { ...showClock, webhook })).statusCode).toBe(201)
    const { timeout, max_retries, retry_intervals, ...same } = webhook
    const expected = {
      ...same,
      timeoutSeconds: timeout,
      maxRetries: max_retries,
      retryIntervalsSeconds: retry_intervals,
    }
    expect(api.netpulse.submitted[0]?.webhook).toEqual(expected)
  })

  it('may leave out all but the URL, as null too, or be null itself', async () => {
    await using api = await startTestApi()
    const nulls = { name: null, method: null, headers: null, cookies: null, auth: null, timeout: null }
    const more = { max_retries: null, retry_intervals: null, events: null }
    await api.post('/device/exec', { ...showClock, webhook: { ...hook, ...nulls, ...more } })
    await api.post('/device/exec', { ...showClock, webhook: null })
    expect(api.netpulse.submitted.map(({ webhook }) => webhook)).toEqual([hook, undefined])
  })

  it('goes with every job of a bulk', async () => {
    await using api = await startTestApi()
    const { connection_args: _, ...work } = showClock
    const devices = [{ host: '192.0.2.1' }, { host: '192.0.2.2' }]
    expect((await api.post('/device/bulk', { ...work, devices, webhook: hook })).statusCode).toBe(201)
    expect(api.netpulse.submitted.map(({ webhook }) => webhook)).toEqual([hook, hook])
  })

  it.each([
    { name: 'no URL', webhook: {}, path: 'webhook.url' },
    { name: 'another method', webhook: { ...hook, method: 'TRACE' }, path: 'webhook.method' },
    { name: 'too short a time', webhook: { ...hook, timeout: 0.4 }, path: 'webhook.timeout' },
    { name: 'too long a time', webhook: { ...hook, timeout: 120.1 }, path: 'webhook.timeout' },
    { name: 'too many retries', webhook: { ...hook, max_retries: 11 }, path: 'webhook.max_retries' },
    { name: 'no interval', webhook: { ...hook, retry_intervals: [] }, path: 'webhook.retry_intervals' },
    { name: 'half a login', webhook: { ...hook, auth: ['user'] }, path: 'webhook.auth' },
    { name: 'three parts of a login', webhook: { ...hook, auth: ['a', 'b', 'c'] }, path: 'webhook.auth' },
    { name: 'an unknown event', webhook: { ...hook, events: ['job.lost'] }, path: 'webhook.events[0]' },
    { name: 'a misspelt field', webhook: { ...hook, retries: 3 }, path: 'webhook.retries' },
    { name: 'a text', webhook: 'https://example.net', path: 'webhook' },
  ])('is refused with $name', async ({ webhook, path }) => {
    await using api = await startTestApi()
    const answer = await api.post('/device/exec', { ...showClock, webhook })
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ errors: [{ path }] })
  })
})

describe('deliveries', () => {
  it('of a job are listed with every attempt', async () => {
    await using api = await startTestApi()
    const { id } = (await api.post('/device/exec', { ...showClock, webhook: hook })).json<{ id: string }>()
    expect((await api.get(`/jobs/${id}/deliveries`)).json()).toEqual([])
    api.netpulse.delivered.set(id, [deliveryOf(`${id}_1`, { state: 'pending', dueAt: at })])
    const answer = await api.send('GET', `/jobs/${id}/deliveries`, undefined, { 'x-api-key': 'key-of-viewer' })
    expect(answer.json()).toEqual([
      {
        id: `${id}_1`,
        job_id: 'job',
        event_type: 'job.completed',
        status: 'pending',
        target: 'https://hooks.example.net',
        timestamp: '2026-03-01T12:00:00.000Z',
        next_attempt_at: '2026-03-01T12:00:00.000Z',
        attempts: 1,
        log: [
          {
            at: '2026-03-01T12:00:00.000Z',
            duration: 1.234,
            delivered: false,
            status: 503,
            error: { code: 'RECEIVER_REFUSED', message: 'It said 503.' },
          },
        ],
      },
    ])
  })

  it('of an unknown job are not found', async () => {
    await using api = await startTestApi()
    const answer = await api.get('/jobs/nobody/deliveries')
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'JOB_NOT_FOUND'])
  })

  it('that are dead come in pages', async () => {
    await using api = await startTestApi()
    for (const id of ['a', 'b', 'c']) api.netpulse.delivered.set(id, [deliveryOf(`${id}_1`)])
    const first = await api.get('/webhooks/dead?limit=2')
    expect(first.json<{ id: string }[]>().map(({ id }) => id)).toEqual(['a_1', 'b_1'])
    expect(first.headers['link']).toBe('</webhooks/dead?limit=2&cursor=2>; rel="next"')
    const second = await api.get(`/webhooks/dead?limit=2&cursor=${String(first.headers['x-next-cursor'])}`)
    expect(second.json<{ id: string }[]>().map(({ id }) => id)).toEqual(['c_1'])
    expect(second.headers).not.toHaveProperty('x-next-cursor')
  })

  it('that are dead are replayed by an admin', async () => {
    await using api = await startTestApi()
    api.netpulse.delivered.set('a', [deliveryOf('a_1')])
    const key = (role: string) => ({ 'x-api-key': `key-of-${role}` })
    const replay = (role: string) => api.send('POST', '/webhooks/dead/a_1/replay', undefined, key(role))
    expect((await replay('operator')).statusCode).toBe(403)
    // Some clients name the type of a body that is not there.
    const answer = await api.app.inject({
      method: 'POST',
      url: '/webhooks/dead/a_1/replay',
      headers: { ...key('admin'), 'content-type': 'application/json' },
    })
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { id: 'a_1', status: 'pending', attempts: 0 }])
    const again = await replay('admin')
    expect([again.statusCode, again.json<{ code: string }>().code]).toEqual([404, 'DELIVERY_NOT_DEAD'])
  })
})
