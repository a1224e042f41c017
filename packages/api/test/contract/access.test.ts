import type { NewKeyWish } from '@netpulse/api'
import { scopes, scopesOfRole } from '@netpulse/api'
import { asDeviceId, silentLogger } from '@netpulse/core'
import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { requireScope } from '../../src/authentication.js'
import { createErrorHandler } from '../../src/error-handler.js'
import { showClock, startTestApi } from '../support/test-api.js'

type Api = Awaited<ReturnType<typeof startTestApi>>
type Grants = Partial<Omit<NewKeyWish, 'name'>>

/** A way to send requests with a key of its own. */
async function keyed(api: Api, grants: Grants) {
  const { key, info } = await api.keys.create({ name: 'test', role: 'operator', ...grants })
  const send = async (method: string, url: string, body?: unknown) => {
    const answer = await api.send(method, url, body, { 'x-api-key': key })
    return { status: answer.statusCode, body: answer.json<never>() as Record<string, unknown>, headers: answer.headers }
  }
  return { id: info.id, key, send }
}

const exec = (host: string, more: object = {}) => ({ ...showClock, connection_args: { host, ...more } })
const push = { driver: 'echo', connection_args: { host: 'r1' }, config: ['hostname r1'] }

describe('scopes', () => {
  it.each<{ readonly name: string; readonly grant: readonly string[]; readonly body: object; readonly code: string }>([
    { name: 'commands to who may run queries', grant: ['query:run'], body: exec('r1'), code: 'accepted' },
    { name: 'config to who may apply it', grant: ['config:apply'], body: push, code: 'accepted' },
    { name: 'config to who has all of its scopes', grant: ['config:*'], body: push, code: 'accepted' },
    { name: 'config to who may only read', grant: ['query:run'], body: push, code: 'ROLE_TOO_LOW' },
    { name: 'config to who may only try it', grant: ['config:plan'], body: push, code: 'ROLE_TOO_LOW' },
    { name: 'commands to who may only apply config', grant: ['config:apply'], body: exec('r1'), code: 'ROLE_TOO_LOW' },
    { name: 'anything to who may only read jobs', grant: ['job:read:all'], body: exec('r1'), code: 'ROLE_TOO_LOW' },
  ])('decide on $name', async ({ grant, body, code }) => {
    await using api = await startTestApi()
    const { send } = await keyed(api, { scopes: grant })
    const answer = await send('POST', '/device/exec', body)
    expect(answer.status === 201 ? 'accepted' : answer.body['code']).toBe(code)
    expect(api.netpulse.submitted).toHaveLength(code === 'accepted' ? 1 : 0)
  })

  it.each([
    { name: 'an operator', grants: { role: 'operator' as const }, policy: undefined },
    { name: 'a key that may only query', grants: { scopes: ['query:run'] }, policy: { readOnly: true } },
    { name: 'a key with lifted rules', grants: { policyAllow: ['reload'] }, policy: { allow: ['reload'] } },
  ])('tell the engine what $name may send', async ({ grants, policy }) => {
    await using api = await startTestApi()
    const { send } = await keyed(api, grants)
    expect((await send('POST', '/device/exec', exec('r1'))).status).toBe(201)
    expect(api.netpulse.submitted[0]?.policy).toEqual(policy)
  })

  it('refuse a bulk as a whole when no device of it may be sent such work', async () => {
    await using api = await startTestApi()
    const { send } = await keyed(api, { scopes: ['query:run'] })
    const answer = await send('POST', '/device/bulk', { ...push, devices: [{ host: 'r1' }, { host: 'r2' }] })
    expect(answer).toMatchObject({ status: 403, body: { code: 'ROLE_TOO_LOW' } })
  })

  it('are all in the role admin, and each role has those of the one before', () => {
    expect(scopesOfRole.admin).toEqual(scopes)
    expect(scopesOfRole.operator).toEqual(expect.arrayContaining([...scopesOfRole.viewer]))
    expect(scopesOfRole.viewer).not.toContain('query:run')
    expect(scopesOfRole.operator).not.toContain('worker:admin')
  })

  it.each([
    { name: 'every scope but that of admins', grant: scopes.filter((scope) => scope !== 'system:admin'), status: 403 },
    { name: 'that of admins', grant: ['system:admin'], status: 200 },
  ])('let a key with $name into a route that names none: $status', async ({ grant, status }) => {
    const app = fastify()
    app.decorateRequest('netpulsePrincipal', null)
    app.addHook('onRequest', async (request) => {
      request.netpulsePrincipal = { id: 'k', name: 'k', role: 'viewer', scopes: grant }
    })
    app.setErrorHandler(createErrorHandler(silentLogger))
    requireScope(app)
    app.get('/forgotten', async () => 'in')
    expect((await app.inject('/forgotten')).statusCode).toBe(status)
    await app.close()
  })

  it('are named by every route of the API', async () => {
    await using api = await startTestApi()
    const { send } = await keyed(api, { scopes: scopes.filter((scope) => scope !== 'system:admin') })
    const document = (await api.get('/openapi.json')).json<{ paths: Record<string, Record<string, object>> }>()
    for (const [path, methods] of Object.entries(document.paths))
      for (const method of Object.keys(methods)) {
        const { body } = await send(method.toUpperCase(), `${path.replaceAll(/\{\w+\}/g, 'none')}?unknown=1`)
        expect(body['code'], `${method} ${path}`).not.toBe('ROLE_TOO_LOW')
      }
  })
})

describe('a stored secret', () => {
  const hop = { host: '192.0.2.7', credential: { ref: 'bastion' } }
  const through = (...hops: readonly object[]) => ({ host: '192.0.2.9', jump_hosts: hops })

  it.each<{ name: string; grants: Grants; body: object; code: string | undefined }>([
    {
      name: 'of the device',
      grants: { scopes: ['query:run'] },
      body: { credential: { ref: 'x' } },
      code: 'ROLE_TOO_LOW',
    },
    {
      name: 'of a jump host',
      grants: { scopes: ['query:run'] },
      body: { connection_args: through({}, hop) },
      code: 'ROLE_TOO_LOW',
    },
    {
      name: 'of a jump host, with the scope',
      grants: { role: 'operator' },
      body: { connection_args: through(hop) },
      code: undefined,
    },
    {
      name: 'that would go to a jump host out of reach',
      grants: { devices: [{ cidr: '192.0.2.8/29' }] },
      body: { connection_args: through(hop) },
      code: 'DEVICE_NOT_ALLOWED',
    },
    {
      name: 'of a jump host within reach',
      grants: { devices: [{ cidr: '192.0.2.0/24', tag: 'lab' }, { host: '192.0.2.9' }] },
      body: { connection_args: through(hop), tags: ['lab'] },
      code: undefined,
    },
    {
      name: 'that is none: a jump host out of reach, with a password of its own',
      grants: { devices: [{ cidr: '192.0.2.8/29' }] },
      body: { connection_args: through({ host: '192.0.2.7', password: 'p', credential: null }) },
      code: undefined,
    },
  ])('$name is refused with $code', async ({ grants, body, code }) => {
    await using api = await startTestApi()
    const { send } = await keyed(api, grants)
    const exec = await send('POST', '/device/exec', { ...showClock, ...body })
    expect(exec.body['code']).toBe(code)
    const { connection_args: args = showClock.connection_args, ...rest } = body as { connection_args?: object }
    const bulk = await send('POST', '/device/bulk', { ...showClock, ...rest, devices: [args] })
    const { failed = [] } = bulk.body as { failed?: { code: string }[] }
    expect(bulk.body['code'] ?? failed[0]?.code).toBe(code)
    expect(api.netpulse.submitted).toHaveLength(code === undefined ? 2 : 0)
  })

  it('is looked at in tests of logins, too', async () => {
    await using api = await startTestApi()
    const test = { driver: 'echo', connection_args: through(hop) }
    const querying = await keyed(api, { scopes: ['query:run'] })
    expect((await querying.send('POST', '/device/test', test)).body['code']).toBe('ROLE_TOO_LOW')
    const limited = await keyed(api, { devices: [{ host: '192.0.2.9' }] })
    expect((await limited.send('POST', '/device/test', test)).body['code']).toBe('DEVICE_NOT_ALLOWED')
  })
})

describe('keys that are limited to devices', () => {
  const grants: Grants = { devices: [{ cidr: '192.0.2.0/24' }, { host: 'lab-*' }] }

  it.each([
    { name: 'a device in a range', args: { host: '192.0.2.9' }, status: 201 },
    { name: 'a device with a fitting name', args: { host: 'lab-1' }, status: 201 },
    { name: 'another device', args: { host: '198.51.100.1' }, status: 403 },
    {
      name: "the queue of another device, by the client's own name",
      args: { host: '192.0.2.9', device: 'core-1' },
      status: 403,
    },
  ])('decide on $name, for work and for tests of logins', async ({ args, status }) => {
    await using api = await startTestApi()
    const { send } = await keyed(api, grants)
    const work = await send('POST', '/device/exec', { ...showClock, connection_args: args })
    const test = await send('POST', '/device/test', { driver: 'echo', connection_args: args })
    expect([work.status, test.status]).toEqual([status, status === 201 ? 200 : 403])
    if (status === 403)
      expect([work.body['code'], test.body['code']]).toEqual(['DEVICE_NOT_ALLOWED', 'DEVICE_NOT_ALLOWED'])
    expect(api.netpulse.submitted).toHaveLength(status === 201 ? 1 : 0)
  })

  it('get each device of a bulk that is none of theirs back in failed', async () => {
    await using api = await startTestApi()
    const { send } = await keyed(api, grants)
    const body = {
      driver: 'echo',
      command: 'x',
      devices: [{ host: 'lab-1' }, { host: 'core-1' }, { host: '192.0.2.1' }],
    }
    const answer = await send('POST', '/device/bulk', body)
    expect(answer.status).toBe(201)
    expect(answer.body['succeeded']).toHaveLength(2)
    expect(answer.body['failed']).toEqual([
      expect.objectContaining({ index: 1, host: 'core-1', code: 'DEVICE_NOT_ALLOWED' }),
    ])
  })

  it('do not see jobs, workers and holds of other devices', async () => {
    await using api = await startTestApi()
    const { send } = await keyed(api, { devices: [{ cidr: '198.51.100.0/24' }] })
    const other = (await api.post('/device/exec', exec('192.0.2.1'))).json<{ id: string }>().id
    const own = (await api.post('/device/exec', exec('198.51.100.1'))).json<{ id: string }>().id
    api.netpulse.held.push(
      { device: asDeviceId('192.0.2.1'), reason: 'x', since: new Date() },
      { device: asDeviceId('198.51.100.1'), reason: 'x', since: new Date() },
    )
    expect((await send('GET', `/jobs/${own}`)).status).toBe(200)
    for (const method of ['GET', 'DELETE']) {
      const hidden = await send(method, `/jobs/${other}`)
      const missing = await send(method, '/jobs/0000')
      expect(hidden.status).toBe(404)
      expect(hidden.body).toEqual({ ...missing.body, detail: `Job ${other} not found` })
    }
    expect((await send('GET', '/jobs')).body).toEqual([expect.objectContaining({ id: own })])
    expect((await send('GET', '/workers')).body).not.toContainEqual(expect.objectContaining({ device: '192.0.2.1' }))
    expect((await send('GET', '/devices/holds')).body).toEqual([expect.objectContaining({ device: '198.51.100.1' })])
    expect((await send('DELETE', '/devices/192.0.2.1/hold')).body).toMatchObject({ code: 'DEVICE_NOT_HELD' })
    expect((await send('DELETE', '/devices/198.51.100.1/hold')).status).toBe(200)
    expect((await send('DELETE', '/jobs?queue=HostQ_192.0.2.1')).body).toEqual([])
    expect(api.netpulse.jobs.get(other)?.status).toBe('queued')
  })
})

describe('keys that see their own jobs', () => {
  it('read and cancel those, and others are not there for them', async () => {
    await using api = await startTestApi()
    const one = await keyed(api, { scopes: ['query:run', 'job:read:own', 'job:cancel:own'] })
    const two = await keyed(api, { scopes: ['query:run', 'job:read:own', 'job:cancel:own'] })
    const id = String((await one.send('POST', '/device/exec', exec('r1'))).body['id'])
    expect((await two.send('GET', `/jobs/${id}`)).status).toBe(404)
    expect((await two.send('GET', `/jobs/${id}?wait=1`)).status).toBe(404)
    expect((await two.send('DELETE', `/jobs/${id}`)).status).toBe(404)
    expect((await two.send('DELETE', '/jobs?host=r1')).body).toEqual([])
    expect((await one.send('GET', `/jobs/${id}`)).status).toBe(200)
    expect((await one.send('DELETE', '/jobs?host=r1')).body).toEqual([id])
  })

  it('may read a job that they may not cancel, and are told so', async () => {
    await using api = await startTestApi()
    const { send } = await keyed(api, { scopes: ['job:read:all', 'job:cancel:own'] })
    const id = (await api.post('/device/exec', exec('r1'))).json<{ id: string }>().id
    expect(await send('DELETE', `/jobs/${id}`)).toMatchObject({ status: 403, body: { code: 'ROLE_TOO_LOW' } })
  })

  it.each([1, 2, 3, 7, 100])('page through all of them once, %i at a time, among the jobs of others', async (limit) => {
    await using api = await startTestApi()
    const { send } = await keyed(api, { scopes: ['query:run', 'job:read:own'] })
    const own: string[] = []
    for (let index = 0; index < 20; index++) {
      const isOwn = index % 3 === 0
      const answer = isOwn ? await send('POST', '/device/exec', exec('r1')) : await api.post('/device/exec', exec('r1'))
      if (isOwn) own.push(String((answer as { body: Record<string, unknown> }).body['id']))
    }
    const found: string[] = []
    for (let url: string | undefined = `/jobs?limit=${limit}`; url !== undefined;) {
      const page: Awaited<ReturnType<typeof send>> = await send('GET', url)
      const items = page.body as unknown as { id: string }[]
      expect(items.length).toBeLessThanOrEqual(limit)
      found.push(...items.map(({ id }) => id))
      const cursor = page.headers['x-next-cursor']
      url = cursor === undefined ? undefined : `/jobs?limit=${limit}&cursor=${String(cursor)}`
    }
    expect(found).toEqual(own.reverse())
  })
})
