import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from '../../support/reference-server.js'
import { isOfType, ReferenceServer } from '../../support/reference-server.js'

interface EndpointRow {
  /** Its number in A.1. */
  readonly row: number
  readonly method: string
  /** `{job}` stands for a job that has ended. */
  readonly path: string
  readonly body?: object
  readonly status: number
  /** Type of the answer, or code of the refusal. */
  readonly answer: string
}

/** The endpoints that are there; the bodies of their answers are in `responses.test.ts`. */
const endpoints: readonly EndpointRow[] = [
  { row: 1, method: 'POST', path: '/device/exec', body: {}, status: 201, answer: 'object' },
  { row: 1, method: 'POST', path: '/device/exec', body: { driver: 'x' }, status: 400, answer: 'DRIVER_UNKNOWN' },
  { row: 1, method: 'POST', path: '/device/exec', body: { ttl: 0 }, status: 422, answer: 'INVALID_INPUT' },
  { row: 2, method: 'POST', path: '/device/bulk', body: { devices: [] }, status: 201, answer: 'object' },
  { row: 2, method: 'POST', path: '/device/bulk', body: {}, status: 422, answer: 'INVALID_INPUT' },
  { row: 3, method: 'POST', path: '/device/test', body: { command: undefined }, status: 200, answer: 'object' },
  { row: 8, method: 'GET', path: '/jobs', status: 200, answer: 'array' },
  { row: 8, method: 'GET', path: '/jobs?queue=FifoQ', status: 200, answer: 'array' },
  { row: 8, method: 'GET', path: '/jobs?status=queued&queue=FifoQ', status: 200, answer: 'array' },
  { row: 8, method: 'GET', path: '/jobs?node=nobody', status: 200, answer: 'array' },
  { row: 8, method: 'GET', path: '/jobs?host=127.0.0.1', status: 200, answer: 'array' },
  { row: 9, method: 'GET', path: '/jobs/{job}', status: 200, answer: 'object' },
  { row: 9, method: 'GET', path: '/jobs/nobody', status: 404, answer: 'JOB_NOT_FOUND' },
  { row: 10, method: 'DELETE', path: '/jobs/nobody', status: 404, answer: 'JOB_NOT_FOUND' },
  { row: 10, method: 'DELETE', path: '/jobs/{job}', status: 409, answer: 'JOB_ALREADY_ENDED' },
  { row: 11, method: 'DELETE', path: '/jobs?host=nobody', status: 200, answer: 'array' },
  { row: 11, method: 'DELETE', path: '/jobs?queue=nobody', status: 200, answer: 'array' },
  { row: 11, method: 'DELETE', path: '/jobs', status: 200, answer: 'array' },
  { row: 12, method: 'GET', path: '/workers', status: 200, answer: 'array' },
  { row: 12, method: 'GET', path: '/workers?queue=FifoQ', status: 200, answer: 'array' },
  { row: 12, method: 'GET', path: '/workers?node=nobody', status: 200, answer: 'array' },
  { row: 12, method: 'GET', path: '/workers?host=127.0.0.1', status: 200, answer: 'array' },
  { row: 13, method: 'DELETE', path: '/workers/nobody', status: 404, answer: 'WORKER_NOT_FOUND' },
  { row: 14, method: 'DELETE', path: '/workers?host=nobody', status: 200, answer: 'array' },
  { row: 14, method: 'DELETE', path: '/workers?queue=nobody', status: 200, answer: 'array' },
  { row: 14, method: 'DELETE', path: '/workers?node=nobody', status: 200, answer: 'array' },
  { row: 14, method: 'DELETE', path: '/workers', status: 200, answer: 'array' },
  { row: 15, method: 'GET', path: '/system/stats', status: 200, answer: 'object' },
  { row: 16, method: 'GET', path: '/health', status: 200, answer: 'object' },
  { row: 17, method: 'GET', path: '/detached-tasks', status: 200, answer: 'array' },
  { row: 17, method: 'GET', path: '/detached-tasks?status=running', status: 200, answer: 'array' },
  { row: 18, method: 'GET', path: '/detached-tasks/abc?offset=0', status: 404, answer: 'TASK_NOT_FOUND' },
  { row: 18, method: 'GET', path: '/detached-tasks/abc?offset=-1', status: 422, answer: 'INVALID_INPUT' },
  { row: 19, method: 'DELETE', path: '/detached-tasks/abc', status: 404, answer: 'TASK_NOT_FOUND' },
  { row: 20, method: 'DELETE', path: '/detached-tasks', status: 200, answer: 'object' },
  // The driver of this device cannot leave work running.
  { row: 21, method: 'POST', path: '/detached-tasks/discover', body: {}, status: 422, answer: 'INVALID_INPUT' },
  { row: 22, method: 'GET', path: '/storage/fetch/dl_x/file', status: 404, answer: 'STORED_FILE_UNKNOWN' },
]

/** What is not built. When one of these is, its row moves above. */
const notYet: readonly EndpointRow[] = [
  { row: 4, method: 'POST', path: '/template/render', status: 404, answer: 'ROUTE_NOT_FOUND' },
  { row: 5, method: 'POST', path: '/template/render/jinja2', status: 404, answer: 'ROUTE_NOT_FOUND' },
  { row: 6, method: 'POST', path: '/template/parse', status: 404, answer: 'ROUTE_NOT_FOUND' },
  { row: 7, method: 'POST', path: '/template/parse/textfsm', status: 404, answer: 'ROUTE_NOT_FOUND' },
]

const statuses = ['queued', 'started', 'finished', 'failed', 'deferred', 'scheduled', 'stopped', 'canceled', 'expired']

describe('endpoints of the reference', () => {
  let reference: ReferenceServer
  let job: string

  beforeAll(async () => {
    reference = await ReferenceServer.start()
    job = String((await reference.ended())['id'])
  })
  afterAll(() => reference.stop())

  const bodyOf = ({ path, body }: EndpointRow): object | undefined => {
    if (body === undefined) return undefined
    if (path !== '/device/test' && path !== '/detached-tasks/discover') return reference.request(body)
    const { command: _command, ...request } = reference.request()
    return request
  }

  async function check(row: EndpointRow): Promise<void> {
    const answer = await reference.ask<ErrorBody>(row.method, row.path.replace('{job}', job), bodyOf(row))
    expect(answer.status, JSON.stringify(answer.json)).toBe(row.status)
    if (row.status < 300) return expect(isOfType(answer.json, row.answer)).toBe(true)
    expect(answer.json.code).toBe(row.answer)
    expect(answer.json.detail).toEqual(expect.stringMatching(/\S/))
  }

  it.each(endpoints)('A.1, $row: $method $path answers $status $answer', check)
  it.each(notYet)('A.1, $row: $method $path is not there', check)

  it('A.1, 9: names the job that is not there in the words of the reference', async () => {
    expect((await reference.ask('GET', '/jobs/nobody')).json['detail']).toBe('Job nobody not found')
  })

  it('A.1, 10: cancels a queued job', async () => {
    const running = await reference.exec({}, 'slow')
    const { json } = await reference.exec({}, 'slow')
    const path = `/jobs/${String(json['id'])}`
    expect(await reference.ask('DELETE', path)).toMatchObject({
      status: 200,
      json: { id: json['id'], status: 'canceled' },
    })
    const last = await reference.exec({}, 'slow')
    const queue = await reference.ask<readonly string[]>('DELETE', '/jobs?queue=HostQ_127.0.0.1')
    expect(queue.json).toContain(last.json['id'])
    // Part 1, 7: one that runs too.
    const aborted = await reference.ask('DELETE', `/jobs/${String(running.json['id'])}`)
    expect(aborted.status).toBe(200)
    const ended = await reference.ask('GET', `/jobs/${String(running.json['id'])}?wait=30`)
    expect(ended.json['status']).toBe('canceled')
  })

  it('A.1, 13 and 14: ends the worker of a host', async () => {
    await reference.ended()
    const listed = await reference.ask<readonly { name: string; queues: string[] }[]>('GET', '/workers?host=127.0.0.1')
    const [worker] = listed.json
    const one = await reference.ask('DELETE', `/workers/${encodeURIComponent(worker!.name)}`)
    expect([one.status, one.json]).toEqual([200, { name: worker!.name }])
    await reference.ended()
    const all = await reference.ask<readonly string[]>('DELETE', '/workers?queue=HostQ_127.0.0.1')
    expect(all.json.length).toBeGreaterThan(0)
  })

  it('A.1, 16: health is what it was', async () => {
    expect((await reference.ask('GET', '/health')).json).toEqual({ status: 'ok' })
  })

  it.each(statuses)('A.4: %s is a status to list by', async (status) => {
    expect((await reference.ask('GET', `/jobs?status=${status}`)).status).toBe(200)
  })

  const keys = [
    { name: 'in the header X-API-KEY', key: (key: string) => ({ 'x-api-key': key }), status: 200 },
    { name: 'as a bearer', key: (key: string) => ({ 'x-api-key': '', authorization: `Bearer ${key}` }), status: 403 },
    { name: 'nowhere', key: () => ({ 'x-api-key': '' }), status: 403 },
    { name: 'in a cookie', key: (key: string) => ({ 'x-api-key': '', cookie: `X-API-KEY=${key}` }), status: 403 },
    { name: 'that is wrong', key: (key: string) => ({ 'x-api-key': `${key}x` }), status: 403 },
  ]
  it.each(keys)('A.1, part 1, 3: a key $name is answered $status', async ({ key, status }) => {
    const answer = await reference.ask('GET', '/health', undefined, key(reference.server.newKey!))
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.json['detail']).toBe('Invalid or missing API key.')
  })

  it('part 1, 3: a bearer is taken, a key in the URL is not', async () => {
    const { url, newKey } = reference.server
    const bearer = await fetch(`${url}/health`, { headers: { authorization: `Bearer ${newKey!}` } })
    expect(bearer.status).toBe(200)
    expect((await fetch(`${url}/health?X-API-KEY=${newKey!}`)).status).toBe(403)
  })

  const open = ['/docs', '/openapi.json', '/health/live', '/health/ready']
  it.each(open)('A.1, part 1, 10: %s needs no key', async (path) => {
    expect((await fetch(reference.server.url + path)).status).toBe(200)
  })

  const refusals = [
    { name: 'broken JSON', body: '{"driver":', status: 422, code: 'INVALID_JSON' },
    { name: 'another type', body: 'x', type: 'text/plain', status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
    { name: 'an unknown field', body: '{"vendor":1}', status: 422, code: 'INVALID_INPUT' },
  ]
  it.each(refusals)('A.5: $name is answered $status $code', async ({ body, type, status, code }) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    const answer = await reference.ask<ErrorBody>('POST', '/device/exec', body, headers)
    expect([answer.status, answer.json.code]).toEqual([status, code])
  })

  it('part 1, 6: lists are newest first, limited, with a cursor', async () => {
    const { json, headers } = await reference.ask<readonly { created_at: string }[]>('GET', '/jobs?limit=2')
    const [first, second] = json
    expect(first!.created_at >= second!.created_at).toBe(true)
    const next = await reference.ask<readonly object[]>('GET', `/jobs?limit=2&cursor=${headers.get('x-next-cursor')!}`)
    expect(next.json[0]).not.toEqual(second)
    for (const limit of ['0', '1001']) expect((await reference.ask('GET', `/jobs?limit=${limit}`)).status).toBe(422)
    expect((await reference.ask('GET', '/jobs?limit=1000')).status).toBe(200)
  })

  it('part 1, 8: a wait is at most 60 s', async () => {
    expect((await reference.ask('GET', `/jobs/${job}?wait=60`)).status).toBe(200)
    expect((await reference.ask('GET', `/jobs/${job}?wait=60.1`)).status).toBe(422)
  })

  it('part 1, 9: the same key with another body is refused', async () => {
    const headers = { 'idempotency-key': createHash('sha256').update(job).digest('hex') }
    const send = (more: object) => reference.ask('POST', '/device/exec', reference.request(more), headers)
    const [first, again, other] = [await send({}), await send({}), await send({ command: 'show version' })]
    expect(again.json['id']).toBe(first.json['id'])
    expect([other.status, other.json['code']]).toEqual([409, 'IDEMPOTENCY_CONFLICT'])
  })

  it('part 1, 20: a job whose time in the queue is over is expired', async () => {
    const running = await reference.exec({}, 'slow')
    const { json } = await reference.exec({ ttl: 1 }, 'slow')
    const expired = await reference.ask('GET', `/jobs/${String(json['id'])}?wait=30`)
    expect(expired.json).toMatchObject({ status: 'expired', outcome: 'expired' })
    await reference.ask('DELETE', `/jobs/${String(running.json['id'])}`)
  })
})

describe('schedulers of the reference', () => {
  const names = ['greedy', 'least_load', 'least_load_random', 'load_weighted_random'] as const
  it.each(names)('A.8: %s places a device', async (scheduler) => {
    const reference = await ReferenceServer.start({ worker: { scheduler, drain_timeout: 0 } })
    try {
      expect(await reference.ended()).toMatchObject({ status: 'finished', queue: 'HostQ_127.0.0.1' })
    } finally {
      await reference.stop()
    }
  })
})
