import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

type Api = Awaited<ReturnType<typeof startTestApi>>

async function submit(api: Api, ...hosts: string[]): Promise<string[]> {
  const ids: string[] = []
  for (const host of hosts) {
    const answer = await api.post('/device/exec', { ...showClock, connection_args: { host } })
    ids.push(answer.json<{ id: string }>().id)
  }
  return ids
}

describe('GET /jobs', () => {
  it('lists newest first, as a bare array', async () => {
    await using api = await startTestApi()
    const ids = await submit(api, 'a', 'b', 'c')
    const answer = await api.get('/jobs')
    expect(answer.statusCode).toBe(200)
    expect(answer.json<{ id: string }[]>().map(({ id }) => id)).toEqual(ids.reverse())
    expect(answer.headers['x-next-cursor']).toBeUndefined()
  })

  it('pages with a cursor in X-Next-Cursor and in Link', async () => {
    await using api = await startTestApi()
    const ids = await submit(api, 'a', 'b', 'c')
    const first = await api.get('/jobs?limit=2&host=')
    expect(first.statusCode).toBe(200)
    const page = await api.get('/jobs?limit=2&status=queued')
    const [, next = ''] = /^<(.*)>; rel="next"$/.exec(String(page.headers.link)) ?? []
    expect(next).toBe(`/jobs?limit=2&status=queued&cursor=${String(page.headers['x-next-cursor'])}`)
    const rest = await api.get(next)
    expect([...page.json<{ id: string }[]>(), ...rest.json<{ id: string }[]>()].map(({ id }) => id)).toEqual(
      ids.reverse(),
    )
    expect(rest.headers.link).toBeUndefined()
  })

  it('hands all filters to the engine', async () => {
    await using api = await startTestApi()
    const filters = 'queue=q&node=n&host=h&driver=d&tag=t&since=2026-01-01T00:00:00%2B02:00&until=2026-01-02'
    expect((await api.get(`/jobs?status=queued,started&status=failed&${filters}`)).statusCode).toBe(200)
    expect(api.netpulse.lastFilter).toEqual({
      queue: 'q',
      node: 'n',
      host: 'h',
      driver: 'd',
      tag: 't',
      status: ['queued', 'started', 'failed'],
      since: new Date('2025-12-31T22:00:00Z'),
      until: new Date('2026-01-02T00:00:00Z'),
    })
  })

  const moments: readonly { text: string; means: string }[] = [
    { text: '2026-01-01', means: '2026-01-01T00:00:00.000Z' },
    { text: '2026-01-01T10:00', means: '2026-01-01T10:00:00.000Z' },
    { text: '2026-01-01T10:00:00.5Z', means: '2026-01-01T10:00:00.500Z' },
    { text: '2026-01-01T10:00:00+05:30', means: '2026-01-01T04:30:00.000Z' },
    { text: '2026-01-01T10:00:00%2B05:30', means: '2026-01-01T04:30:00.000Z' },
    { text: '2026-01-01 10:00:00', means: '2026-01-01T10:00:00.000Z' },
  ]
  it.each(moments)('reads the moment $text as $means', async ({ text, means }) => {
    await using api = await startTestApi()
    expect((await api.get(`/jobs?since=${text}`)).statusCode).toBe(200)
    expect(api.netpulse.lastFilter?.since?.toISOString()).toBe(means)
  })

  const refused: readonly { query: string; path: string; says: RegExp }[] = [
    { query: 'limit=0', path: 'limit', says: />= 1/ },
    { query: 'limit=1001', path: 'limit', says: /<= 1000/ },
    { query: 'limit=many', path: 'limit', says: /integer/ },
    { query: 'status=finised', path: 'status[0]', says: /did you mean "finished"/ },
    { query: 'since=yesterday', path: 'since', says: /pattern/ },
    { query: 'since=2026-13-45', path: 'since', says: /ISO 8601/ },
    { query: 'hots=r1', path: 'hots', says: /did you mean "host"/ },
    { query: 'host=a&host=b', path: 'host', says: /string/ },
  ]
  it.each(refused)('refuses $query', async ({ query, path, says }) => {
    await using api = await startTestApi()
    const answer = await api.get(`/jobs?${query}`)
    expect(answer.statusCode).toBe(422)
    const { errors } = answer.json<{ errors: { path: string; message: string }[] }>()
    expect(errors).toEqual([{ path, message: expect.stringMatching(says) as string }])
  })

  it('refuses a cursor that no page gave', async () => {
    await using api = await startTestApi()
    const answer = await api.get('/jobs?cursor=nonsense')
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([422, 'INVALID_CURSOR'])
  })
})

describe('GET /jobs/{id}', () => {
  it('answers with the job, or 404', async () => {
    await using api = await startTestApi()
    const [id] = await submit(api, 'a')
    expect((await api.get(`/jobs/${id}`)).json()).toMatchObject({ id, status: 'queued' })
    const missing = await api.get('/jobs/nothing')
    expect(missing.statusCode).toBe(404)
    expect(missing.json()).toEqual({ detail: 'Job nothing not found', code: 'JOB_NOT_FOUND' })
    expect((await api.get('/jobs/nothing?wait=5')).statusCode).toBe(404)
  })

  it('waits for the end', async () => {
    await using api = await startTestApi()
    const [id] = await submit(api, 'a')
    const waiting = api.get(`/jobs/${id}?wait=60`)
    await expect.poll(() => api.netpulse.waiting).toBe(1)
    const error = {
      code: 'AUTH_FAILED',
      kind: 'denied',
      message: 'The device refused the login.',
      retryable: false,
    } as const
    api.netpulse.change(id!, { status: 'failed', outcome: 'failed', result: { results: [], error } })
    expect((await waiting).json()).toMatchObject({
      status: 'failed',
      outcome: 'failed',
      result: {
        type: 2,
        retval: [],
        error: { type: 'denied', message: 'The device refused the login.', code: 'AUTH_FAILED' },
      },
    })
  })

  it('shows the answers so far while the job runs', async () => {
    await using api = await startTestApi()
    const [id] = await submit(api, 'a')
    const metadata = { host: 'a', durationSeconds: 1, sessionReused: false }
    const line = { command: 'one', stdout: 'x', stderr: '', exitStatus: 0, failure: null, metadata }
    api.netpulse.change(id!, { status: 'started', progress: [line] })
    expect((await api.get(`/jobs/${id}`)).json()).toMatchObject({
      progress: [{ command: 'one', stdout: 'x' }],
      result: null,
    })
  })

  it('lets go of everybody who waits when the server closes', async () => {
    const api = await startTestApi()
    const [id] = await submit(api, 'a')
    const waiting = api.get(`/jobs/${id}?wait=60`)
    await expect.poll(() => api.netpulse.waiting).toBe(1)
    await api.app.close()
    const answer = await waiting
    expect([answer.statusCode, answer.json<{ status: string }>().status]).toEqual([200, 'queued'])
    expect(api.netpulse.waiting).toBe(0)
  })

  it('stops waiting when the client has gone', async () => {
    await using api = await startTestApi()
    const [id] = await submit(api, 'a')
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const client = new AbortController()
    const fetching = fetch(`${url}/jobs/${id}?wait=60`, {
      headers: { 'x-api-key': 'key-of-viewer' },
      signal: client.signal,
    })
    await expect.poll(() => api.netpulse.waiting).toBe(1)
    client.abort()
    await expect(fetching).rejects.toThrow()
    await expect.poll(() => api.netpulse.waiting).toBe(0)
  })

  it('writes instants in the time zone of the server', async () => {
    await using api = await startTestApi({ timeZone: 'Asia/Kolkata' })
    const [id] = await submit(api, 'a')
    expect((await api.get(`/jobs/${id}`)).json()).toMatchObject({ created_at: '2026-03-01T17:30:00.000+05:30' })
  })
})

describe('DELETE /jobs/{id}', () => {
  it('cancels a waiting job', async () => {
    await using api = await startTestApi()
    const [id] = await submit(api, 'a')
    const answer = await api.delete(`/jobs/${id}`)
    expect([answer.statusCode, answer.json()]).toEqual([200, { id, status: 'canceled', cancel_requested: true }])
    expect(api.netpulse.jobs.get(id!)?.status).toBe('canceled')
  })

  it('asks a running job to end', async () => {
    await using api = await startTestApi()
    const [id] = await submit(api, 'a')
    api.netpulse.change(id!, { status: 'started' })
    const answer = await api.delete(`/jobs/${id}`)
    expect([answer.statusCode, answer.json()]).toEqual([200, { id, status: 'started', cancel_requested: true }])
  })

  it('answers 409 for an ended job and 404 for none', async () => {
    await using api = await startTestApi()
    const [id] = await submit(api, 'a')
    api.netpulse.change(id!, { status: 'finished', outcome: 'succeeded' })
    const ended = await api.delete(`/jobs/${id}`)
    expect([ended.statusCode, ended.json<{ code: string }>().code]).toEqual([409, 'JOB_ALREADY_ENDED'])
    const missing = await api.delete('/jobs/nothing')
    expect([missing.statusCode, missing.json<{ code: string }>().code]).toEqual([404, 'JOB_NOT_FOUND'])
  })

  it('takes a content type without a body, as some clients send it', async () => {
    await using api = await startTestApi()
    const [id] = await submit(api, 'a')
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const headers = { 'x-api-key': 'key-of-operator', 'content-type': 'application/json' }
    expect((await fetch(`${url}/jobs/${id}`, { method: 'DELETE', headers })).status).toBe(200)
  })
})

describe('DELETE /jobs', () => {
  it('cancels what waits for a host or in a queue, over all pages, and nothing else', async () => {
    await using api = await startTestApi()
    const ids = await submit(api, ...Array.from({ length: 600 }, () => 'a'), 'b')
    api.netpulse.change(ids[0]!, { status: 'started' })
    const answer = await api.delete('/jobs?host=a')
    expect(answer.statusCode).toBe(200)
    expect(answer.json<string[]>().sort()).toEqual(ids.slice(1, 600).sort())
    expect(api.netpulse.jobs.get(ids[0]!)?.cancelRequested).toBe(false)
    expect((await api.delete('/jobs?queue=HostQ_b')).json()).toEqual([ids[600]])
  })

  it('cancels nothing without a filter', async () => {
    await using api = await startTestApi()
    await submit(api, 'a')
    expect((await api.delete('/jobs')).json()).toEqual([])
    expect([...api.netpulse.jobs.values()][0]?.status).toBe('queued')
  })
})
