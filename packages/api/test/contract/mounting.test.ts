import { netpulseApi } from '@netpulse/api'
import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { InMemoryNetPulse } from '../support/in-memory-netpulse.js'
import { showClock } from '../support/test-api.js'

describe('the API within another application', () => {
  async function mount() {
    const app = fastify()
    app.get('/own', () => Promise.resolve({ own: true }))
    app.post('/own', (request) => Promise.resolve({ got: request.body }))
    const netpulse = new InMemoryNetPulse()
    const authenticate = (key: string) => (key === 'k' ? { id: 'k', name: 'k', role: 'admin' as const } : undefined)
    await app.register(netpulseApi, { prefix: '/netpulse', netpulse, authenticate })
    await app.ready()
    return app
  }

  it('stands under its prefix with its own checks and errors', async () => {
    const app = await mount()
    const headers = { 'x-api-key': 'k' }
    const exec = await app.inject({ method: 'POST', url: '/netpulse/device/exec', headers, payload: showClock })
    expect(exec.statusCode).toBe(201)
    expect((await app.inject({ method: 'GET', url: '/netpulse/jobs' })).json()).toMatchObject({
      code: 'INVALID_API_KEY',
    })
    const missing = await app.inject({ method: 'GET', url: '/netpulse/nowhere' })
    expect([missing.statusCode, missing.json()]).toMatchObject([404, { code: 'ROUTE_NOT_FOUND' }])
    const method = await app.inject({ method: 'PUT', url: '/netpulse/jobs', headers })
    expect([method.statusCode, method.headers.allow]).toEqual([405, 'GET, HEAD, DELETE'])
    expect((await app.inject({ method: 'GET', url: '/netpulse/docs/' })).statusCode).toBe(200)
    await app.close()
  })

  it('leaves the routes, parsers and errors around it alone', async () => {
    const app = await mount()
    expect((await app.inject({ method: 'GET', url: '/own' })).json()).toEqual({ own: true })
    const text = await app.inject({
      method: 'POST',
      url: '/own',
      headers: { 'content-type': 'text/plain' },
      payload: 'hi',
    })
    expect(text.json()).toEqual({ got: 'hi' })
    expect((await app.inject({ method: 'GET', url: '/nowhere' })).json()).toMatchObject({ error: 'Not Found' })
    await app.close()
  })
})
