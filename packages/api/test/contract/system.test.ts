import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

const noKey = { 'x-api-key': 'none' }

describe('the probes', () => {
  it('answer without a key', async () => {
    await using api = await startTestApi()
    for (const path of ['/health/live', '/health/ready']) {
      const answer = await api.send('GET', path, undefined, noKey)
      expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }])
    }
    expect((await api.send('GET', '/health', undefined, noKey)).statusCode).toBe(403)
  })

  it('say that the server is not ready while the store fails, and nothing else of it', async () => {
    await using api = await startTestApi()
    api.netpulse.failure = new Error('redis at 10.0.0.9 refused: wrong password')
    const answer = await api.get('/health/ready')
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'unavailable' }])
    expect((await api.get('/health/live')).statusCode).toBe(200)
    expect((await api.get('/health/ready')).statusCode).toBe(200)
  })

  it('say so while the store does not answer', async () => {
    const clock = new FakeClock()
    await using api = await startTestApi({ clock })
    api.netpulse.counts = () => new Promise(() => undefined)
    const answer = api.get('/health/ready')
    while (clock.pendingTimers === 0) await new Promise(setImmediate)
    await clock.advance(2_000)
    expect((await answer).statusCode).toBe(503)
  })
})

describe('GET /system/stats', () => {
  it('counts workers, jobs and nodes', async () => {
    const clock = new FakeClock()
    await using api = await startTestApi({ clock })
    const ids = await Promise.all(
      Array.from({ length: 5 }, async () => (await api.post('/device/exec', showClock)).json<{ id: string }>().id),
    )
    api.netpulse.change(ids[0]!, { status: 'finished' })
    api.netpulse.change(ids[1]!, { status: 'failed' })
    api.netpulse.change(ids[2]!, { status: 'expired' })
    api.netpulse.change(ids[3]!, { status: 'started' })
    await clock.advance(61_500)
    expect((await api.get('/system/stats')).json()).toEqual({
      status: 'online',
      workers: { total: 4, pinned: 1, fifo: 2, node: 1, idle: 3, busy: 1 },
      jobs: { succeeded: 1, failed: 2, in_progress: 1, queued: 1, total: 5 },
      nodes: { active: 2, total_capacity: 20 },
      self_healing: { total_triggers: 0 },
      devices: { held: 0 },
      uptime_seconds: 61.5,
    })
  })
})

describe('GET /metrics', () => {
  const metrics = () => {
    const seen: object[] = []
    return {
      seen,
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      text: async () => 'netpulse_jobs{status="queued"} 7\n',
      observeRequest: (request: object) => void seen.push(request),
    }
  }

  it('gives the text to whoever has a key, also as a bearer', async () => {
    await using api = await startTestApi({ metrics: metrics() })
    const headers = { authorization: 'Bearer key-of-viewer' }
    const answer = await api.app.inject({ method: 'GET', url: '/metrics', headers })
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'netpulse_jobs{status="queued"} 7\n',
    ])
    expect((await api.send('GET', '/metrics', undefined, noKey)).statusCode).toBe(403)
  })

  it('is told of every answer, by its route', async () => {
    const own = metrics()
    await using api = await startTestApi({ metrics: own })
    await api.get('/jobs/secret-id')
    await api.get('/jobs/secret-id?wait=oops')
    await api.get('/nowhere/secret')
    expect(own.seen).toEqual([
      { method: 'GET', route: '/jobs/:id', status: 404, seconds: expect.any(Number) },
      { method: 'GET', route: '/jobs/:id', status: 422, seconds: expect.any(Number) },
    ])
  })

  it('is not there where the server has none', async () => {
    await using api = await startTestApi()
    expect((await api.get('/metrics')).statusCode).toBe(404)
  })
})
