import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

const header = { 'x-api-key': 'key-of-viewer' }

describe('API keys', () => {
  const refused: readonly { name: string; headers: Record<string, string>; url?: string }[] = [
    { name: 'no key', headers: {} },
    { name: 'a wrong key', headers: { 'x-api-key': 'key-of-nobody' } },
    { name: 'an empty key', headers: { 'x-api-key': '' } },
    { name: 'a wrong bearer', headers: { authorization: 'Bearer nope' } },
    { name: 'another scheme', headers: { authorization: 'Basic key-of-viewer' } },
    { name: 'a key in the URL', headers: {}, url: '/jobs?X-API-KEY=key-of-viewer' },
    { name: 'a key in a cookie', headers: { cookie: 'X-API-KEY=key-of-viewer' } },
  ]
  it.each(refused)('answers 403 to $name', async ({ headers, url = '/jobs' }) => {
    await using api = await startTestApi()
    const answer = await api.app.inject({ method: 'GET', url, headers })
    expect(answer.statusCode).toBe(403)
    expect(answer.json()).toEqual({ detail: 'Invalid or missing API key.', code: 'INVALID_API_KEY' })
  })

  const taken: readonly { name: string; headers: Record<string, string>; apiKeyHeader?: string }[] = [
    { name: 'the header', headers: header },
    { name: 'a bearer', headers: { authorization: 'Bearer key-of-viewer' } },
    { name: 'a bearer in lower case', headers: { authorization: 'bearer key-of-viewer' } },
    { name: 'a header of the operator', headers: { 'x-lab-key': 'key-of-viewer' }, apiKeyHeader: 'X-Lab-Key' },
  ]
  it.each(taken)('takes a key from $name', async ({ headers, apiKeyHeader }) => {
    await using api = await startTestApi(apiKeyHeader === undefined ? {} : { apiKeyHeader })
    expect((await api.app.inject({ method: 'GET', url: '/jobs', headers })).statusCode).toBe(200)
  })

  const routes: readonly { method: string; url: string; least: 'viewer' | 'operator' | 'admin' }[] = [
    { method: 'POST', url: '/device/exec', least: 'operator' },
    { method: 'POST', url: '/device/bulk', least: 'operator' },
    { method: 'POST', url: '/device/test', least: 'operator' },
    { method: 'GET', url: '/jobs', least: 'viewer' },
    { method: 'GET', url: '/jobs/1', least: 'viewer' },
    { method: 'DELETE', url: '/jobs/1', least: 'operator' },
    { method: 'DELETE', url: '/jobs', least: 'operator' },
    { method: 'GET', url: '/workers', least: 'viewer' },
    { method: 'DELETE', url: '/workers', least: 'admin' },
    { method: 'DELETE', url: '/workers/fifo-1', least: 'admin' },
    { method: 'GET', url: '/devices/holds', least: 'viewer' },
    { method: 'DELETE', url: '/devices/r1/hold', least: 'operator' },
    { method: 'GET', url: '/health', least: 'viewer' },
  ]
  it.each(routes)('lets $method $url to $least and above only', async ({ method, url, least }) => {
    await using api = await startTestApi()
    const answers = ['none', 'viewer', 'operator', 'admin'].map(async (role) => {
      const answer = await api.send(method, url, method === 'POST' ? showClock : undefined, {
        'x-api-key': `key-of-${role}`,
      })
      return answer.statusCode === 403 ? answer.json<{ code: string }>().code : 'passed'
    })
    expect(await Promise.all(answers)).toEqual([
      'INVALID_API_KEY',
      least === 'viewer' ? 'passed' : 'ROLE_TOO_LOW',
      least === 'admin' ? 'ROLE_TOO_LOW' : 'passed',
      'passed',
    ])
  })

  it('asks for a key before it looks at the body', async () => {
    await using api = await startTestApi()
    const answer = await api.app.inject({ method: 'POST', url: '/device/exec', payload: { not: 'valid' } })
    expect(answer.statusCode).toBe(403)
  })

  it.each(['/openapi.json', '/docs/', '/docs/json', '/llms.txt'])('serves %s without a key', async (url) => {
    await using api = await startTestApi()
    expect((await api.app.inject({ method: 'GET', url })).statusCode).toBe(200)
  })
})
