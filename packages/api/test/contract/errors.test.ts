import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import { coreError, silentLogger } from '@netpulse/core'
import { engineError } from '@netpulse/engine'
import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

interface ErrorBody {
  readonly detail: string
  readonly code: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

const secret = 'hunter22-secret'

describe('errors', () => {
  const bodies: readonly { name: string; body: unknown; status: number; code: string; path?: string; says?: RegExp }[] =
    [
      {
        name: 'no driver',
        body: { connection_args: { host: 'h' }, command: 'x' },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'driver',
      },
      {
        name: 'no connection_args',
        body: { driver: 'echo', command: 'x' },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'connection_args',
      },
      {
        name: 'no host',
        body: { driver: 'echo', connection_args: {}, command: 'x' },
        status: 400,
        code: 'HOST_REQUIRED',
      },
      { name: 'an unknown driver', body: { ...showClock, driver: 'telepathy' }, status: 400, code: 'DRIVER_UNKNOWN' },
      { name: 'neither command nor config', body: { ...showClock, command: null }, status: 422, code: 'INVALID_INPUT' },
      {
        name: 'a misspelt field',
        body: { ...showClock, exection_timeout: 3 },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'exection_timeout',
        says: /did you mean "execution_timeout"/,
      },
      {
        name: 'a ttl out of range',
        body: { ...showClock, ttl: 0 },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'ttl',
        says: /1/,
      },
      {
        name: 'a result_ttl out of range',
        body: { ...showClock, result_ttl: 59 },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'result_ttl',
      },
      {
        name: 'a ttl that is text',
        body: { ...showClock, ttl: secret },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'ttl',
        says: /integer/,
      },
      {
        name: 'an unknown strategy',
        body: { ...showClock, queue_strategy: 'fifa' },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'queue_strategy',
        says: /did you mean "fifo"/,
      },
      {
        name: 'a command that is a number',
        body: { ...showClock, command: 5 },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'command',
      },
      {
        name: 'a list with a number',
        body: { ...showClock, command: ['a', 5] },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'command[1]',
      },
      {
        name: 'an empty list',
        body: { ...showClock, command: [] },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'command',
      },
      {
        name: 'a field of the driver misspelt',
        body: { ...showClock, connection_args: { host: 'h', usernmae: secret } },
        status: 422,
        code: 'INVALID_INPUT',
        path: 'connection_args.usernmae',
        says: /did you mean "username"/,
      },
      { name: 'a body that is a list', body: [showClock], status: 422, code: 'INVALID_INPUT' },
    ]
  it.each(bodies)('answers $status $code for $name', async ({ body, status, code, path, says }) => {
    await using api = await startTestApi()
    const answer = await api.post('/device/exec', body)
    const error = answer.json<ErrorBody>()
    expect([answer.statusCode, error.code]).toEqual([status, code])
    expect(error.detail).not.toBe('')
    if (path !== undefined) expect(error.errors?.map((one) => one.path)).toContain(path)
    if (says !== undefined) expect(error.errors?.map((one) => one.message).join()).toMatch(says)
    expect(answer.body).not.toContain(secret)
    expect(api.netpulse.submitted).toEqual([])
  })

  const broken: readonly { name: string; payload: string; type?: string; status: number; code: string }[] = [
    {
      name: 'malformed JSON',
      payload: `{"password": "${secret}`,
      type: 'application/json',
      status: 422,
      code: 'INVALID_JSON',
    },
    { name: 'an empty body', payload: '', type: 'application/json', status: 422, code: 'INVALID_JSON' },
    {
      name: 'a prototype in the JSON',
      payload: '{"__proto__": {"a": 1}}',
      type: 'application/json',
      status: 422,
      code: 'INVALID_JSON',
    },
    {
      name: 'a form',
      payload: `password=${secret}`,
      type: 'application/x-www-form-urlencoded',
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
    { name: 'text', payload: secret, type: 'text/plain', status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
    { name: 'a body of no type', payload: secret, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
    {
      name: 'a body over the limit',
      payload: JSON.stringify({ ...showClock, command: 'x'.repeat(5000) }),
      type: 'application/json',
      status: 413,
      code: 'BODY_TOO_LARGE',
    },
  ]
  it.each(broken)('answers $status $code for $name', async ({ payload, type, status, code }) => {
    await using api = await startTestApi({ bodyLimitBytes: 4096 })
    const headers = { 'x-api-key': 'key-of-admin', ...(type === undefined ? {} : { 'content-type': type }) }
    const answer = await api.app.inject({ method: 'POST', url: '/device/exec', headers, payload })
    expect([answer.statusCode, answer.json<ErrorBody>().code]).toEqual([status, code])
    expect(answer.body).not.toContain(secret)
    expect(Object.keys(answer.json<object>()).sort()).toEqual(['code', 'detail'])
  })

  const thrown: readonly { name: string; error: unknown; status: number; code: string; retryAfter?: string }[] = [
    {
      name: 'no worker',
      error: engineError('NO_WORKER', 'No node has room.'),
      status: 503,
      code: 'NO_WORKER',
      retryAfter: '5',
    },
    {
      name: 'a full queue',
      error: engineError('QUEUE_FULL', 'Too many jobs.', { details: { retryAfterSeconds: 2.4 } }),
      status: 429,
      code: 'QUEUE_FULL',
      retryAfter: '3',
    },
    {
      name: 'an ended wait',
      error: engineError('EXECUTION_TIMEOUT', 'Too late.'),
      status: 504,
      code: 'EXECUTION_TIMEOUT',
    },
    { name: 'a conflict', error: coreError('INVALID_TRANSITION', 'No.'), status: 409, code: 'INVALID_TRANSITION' },
    { name: 'a bug', error: new TypeError(`cannot read ${secret}`), status: 500, code: 'INTERNAL' },
    { name: 'a thrown text', error: secret, status: 500, code: 'INTERNAL' },
  ]
  it.each(thrown)('answers $status $code for $name in the engine', async ({ error, status, code, retryAfter }) => {
    await using api = await startTestApi()
    api.netpulse.failure = error
    const answer = await api.post('/device/exec', showClock)
    expect([answer.statusCode, answer.json<ErrorBody>().code]).toEqual([status, code])
    expect(answer.headers['retry-after']).toBe(retryAfter)
    expect(answer.body).not.toContain(secret)
  })

  it('logs a bug with its stack and the id that the answer names', async () => {
    const logged: { fields: Record<string, unknown>; message: string }[] = []
    await using api = await startTestApi({
      logger: { ...silentLogger, error: (fields, message) => logged.push({ fields, message }) },
    })
    api.netpulse.failure = new TypeError('boom')
    const answer = await api.post('/device/exec', showClock)
    expect(logged).toHaveLength(1)
    expect(logged[0]?.fields['stack']).toContain('TypeError: boom')
    expect(logged[0]?.fields['requestId']).toBe(answer.headers['x-request-id'])
  })

  const paths: readonly { name: string; method: string; url: string; status: number; code: string; allow?: string }[] =
    [
      { name: 'an unknown path', method: 'GET', url: `/nowhere/${secret}`, status: 404, code: 'ROUTE_NOT_FOUND' },
      {
        name: 'GET of exec',
        method: 'GET',
        url: '/device/exec',
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
        allow: 'POST',
      },
      {
        name: 'PUT of jobs',
        method: 'PUT',
        url: '/jobs',
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
        allow: 'GET, HEAD, DELETE',
      },
      {
        name: 'POST of a job',
        method: 'POST',
        url: '/jobs/1',
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
        allow: 'GET, HEAD, DELETE',
      },
      {
        name: 'DELETE of health',
        method: 'DELETE',
        url: '/health',
        status: 405,
        code: 'METHOD_NOT_ALLOWED',
        allow: 'GET, HEAD',
      },
      { name: 'a bad URL', method: 'GET', url: '/jobs/%zz', status: 400, code: 'BAD_REQUEST' },
      { name: 'an unknown query', method: 'GET', url: `/jobs?staus=${secret}`, status: 422, code: 'INVALID_INPUT' },
      { name: 'a wait that is too long', method: 'GET', url: '/jobs/1?wait=61', status: 422, code: 'INVALID_INPUT' },
    ]
  it.each(paths)('answers $status $code for $name', async ({ method, url, status, code, allow }) => {
    await using api = await startTestApi()
    const answer = await api.send(method, url)
    expect([answer.statusCode, answer.json<ErrorBody>().code]).toEqual([status, code])
    expect(answer.headers.allow).toBe(allow)
    expect(answer.body).not.toContain(secret)
  })

  const oddRequests = [
    { name: 'bytes that are not HTTP', bytes: 'SSH-2.0-OpenSSH_9.2\r\n\r\n' },
    { name: 'HTTP/1.1 without a host', bytes: 'GET /jobs HTTP/1.1\r\nconnection: close\r\n\r\n' },
  ]
  it.each(oddRequests)('answers $name in the same shape', async ({ bytes }) => {
    await using api = await startTestApi()
    await api.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = api.app.server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.write(bytes)
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ code: 'BAD_REQUEST' })
  })
})
