import type { ApiKeyStore } from '@netpulse/api'
import { createApiKeyStore, createSharedApiKeyStore } from '@netpulse/api'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { sharedRecords } from '../support/shared-records.js'
import { startTestApi } from '../support/test-api.js'

type Api = Awaited<ReturnType<typeof startTestApi>>

const stores: readonly { readonly name: string; readonly open: (clock: FakeClock) => Promise<ApiKeyStore> }[] = [
  { name: 'kept by one server', open: (clock) => createApiKeyStore(undefined, { clock }) },
  { name: 'shared by servers', open: async (clock) => createSharedApiKeyStore(sharedRecords(), { clock }) },
]

interface Key {
  readonly id: string
  readonly key: string
}

/** The API over a store, where the caller has an admin key of that store. */
async function started(open: (clock: FakeClock) => Promise<ApiKeyStore>) {
  const clock = new FakeClock()
  const keys = await open(clock)
  const api = await startTestApi({ clock, keys, authenticate: (key) => keys.authenticate(key) })
  const admin = await keys.create({ name: 'root', role: 'admin' })
  const send = (method: string, url: string, body?: unknown, key = admin.key) =>
    api.send(method, url, body, { 'x-api-key': key })
  const make = async (body: object): Promise<Key> => (await send('POST', '/keys', body)).json<Key>()
  const works = async (key: string): Promise<number> => (await send('GET', '/jobs', undefined, key)).statusCode
  return { api, clock, keys, admin, send, make, works, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

describe.each(stores)('API keys $name', ({ open }) => {
  it('are made over the API, told once, and work at once', async () => {
    await using at = await started(open)
    const answer = await at.send('POST', '/keys', {
      name: 'ci',
      role: 'operator',
      expires_at: '2099-01-01T00:00:00Z',
      scopes: ['query:run', 'job:read:own'],
      devices: [{ cidr: '192.0.2.0/24' }],
      policy_allow: ['reload in'],
    })
    expect(answer.statusCode).toBe(201)
    const { key, ...shown } = answer.json<Key & Record<string, unknown>>()
    expect(key).toMatch(new RegExp(`^np_${shown.id}_`))
    expect(await at.works(key)).toBe(200)
    const read = (await at.send('GET', `/keys/${shown.id}`)).json<Record<string, unknown>>()
    expect(read).toEqual({ ...shown, last_used_at: expect.any(String) })
    expect(read).toMatchObject({
      name: 'ci',
      role: 'operator',
      status: 'active',
      expires_at: '2099-01-01T00:00:00.000Z',
      scopes: ['query:run', 'job:read:own'],
      devices: [{ cidr: '192.0.2.0/24' }],
      policy_allow: ['reload in'],
    })
    const list = await at.send('GET', '/keys')
    expect(list.json<Key[]>().map(({ id }) => id)).toEqual([at.admin.info.id, shown.id])
    expect(list.body).not.toContain(key.slice(12))
  })

  it('are refused from the moment on at which they expire', async () => {
    await using at = await started(open)
    const expires = new Date(at.clock.now().getTime() + 60_000).toISOString()
    const { id, key } = await at.make({ name: 'short', role: 'viewer', expires_at: expires })
    expect(await at.works(key)).toBe(200)
    await at.clock.advance(59_999)
    expect(await at.works(key)).toBe(200)
    await at.clock.advance(1)
    expect(await at.works(key)).toBe(403)
    expect((await at.send('GET', `/keys/${id}`)).json()).toMatchObject({ status: 'expired' })
  })

  it('are refused at once when they were revoked', async () => {
    await using at = await started(open)
    const { id, key } = await at.make({ name: 'gone', role: 'viewer' })
    expect(await at.works(key)).toBe(200)
    const answer = await at.send('DELETE', `/keys/${id}`)
    expect([answer.statusCode, answer.json()]).toEqual([200, { id, status: 'revoked' }])
    expect(await at.works(key)).toBe(403)
    expect((await at.send('GET', `/keys/${id}`)).json()).toMatchObject({ code: 'API_KEY_UNKNOWN' })
    expect((await at.send('DELETE', `/keys/${id}`)).statusCode).toBe(404)
  })

  it('get a new secret under their id, and the one before ends at once or after the overlap', async () => {
    await using at = await started(open)
    const { id, key: first } = await at.make({ name: 'turning', role: 'viewer' })
    const second = (await at.send('POST', `/keys/${id}/rotate`, { overlap_seconds: 60 })).json<Key>()
    expect(second.id).toBe(id)
    expect([await at.works(first), await at.works(second.key)]).toEqual([200, 200])
    await at.clock.advance(60_000)
    expect([await at.works(first), await at.works(second.key)]).toEqual([403, 200])
    const third = (await at.send('POST', `/keys/${id}/rotate`, {})).json<Key>()
    expect([await at.works(second.key), await at.works(third.key)]).toEqual([403, 200])
  })

  it('keep no more than two secrets', async () => {
    await using at = await started(open)
    const { id, key: first } = await at.make({ name: 'turning', role: 'viewer' })
    const second = (await at.send('POST', `/keys/${id}/rotate`, { overlap_seconds: 3600 })).json<Key>()
    const third = (await at.send('POST', `/keys/${id}/rotate`, { overlap_seconds: 3600 })).json<Key>()
    expect([await at.works(first), await at.works(second.key), await at.works(third.key)]).toEqual([403, 200, 200])
  })

  it('do not come back by a rotation that meets a revocation', async () => {
    await using at = await started(open)
    const { id, key } = await at.make({ name: 'contested', role: 'viewer' })
    await Promise.allSettled([at.keys.rotate(id, { overlapSeconds: 60 }), at.keys.revoke(id)])
    expect(await at.works(key)).toBe(403)
    expect(await at.keys.find(id)).toBeUndefined()
  })

  it('the last one that may manage keys cannot end itself', async () => {
    await using at = await started(open)
    const { id } = at.admin.info
    await at.make({ name: 'operator', role: 'operator' })
    await at.make({ name: 'limited admin', role: 'admin', devices: [{ host: 'x' }] })
    const expires = new Date(at.clock.now().getTime() + 1000).toISOString()
    await at.make({ name: 'expired admin', role: 'admin', expires_at: expires })
    await at.clock.advance(1000)
    expect((await at.send('DELETE', `/keys/${id}`)).json()).toMatchObject({ code: 'LAST_ADMIN_KEY' })
    const other = await at.make({ name: 'second admin', role: 'admin' })
    expect((await at.send('DELETE', `/keys/${id}`)).statusCode).toBe(200)
    expect((await at.send('DELETE', `/keys/${other.id}`, undefined, other.key)).statusCode).toBe(409)
  })

  it.each([
    { name: 'a role that is none', body: { name: 'x', role: 'root' }, path: 'role' },
    { name: 'no name', body: { role: 'viewer' }, path: 'name' },
    { name: 'a blank name', body: { name: ' ', role: 'viewer' }, path: 'name' },
    {
      name: 'a moment that has passed',
      body: { name: 'x', role: 'viewer', expires_at: '2001-01-01' },
      path: 'expires_at',
    },
    { name: 'a moment that is none', body: { name: 'x', role: 'viewer', expires_at: 'soon' }, path: 'expires_at' },
    { name: 'a scope that is none', body: { name: 'x', role: 'viewer', scopes: ['query:rnu'] }, path: 'scopes[0]' },
    { name: 'no scope at all', body: { name: 'x', role: 'viewer', scopes: [] }, path: 'scopes' },
    {
      name: 'a range that is none',
      body: { name: 'x', role: 'viewer', devices: [{ cidr: '10/8' }] },
      path: 'devices[0]',
    },
    { name: 'a selector that says nothing', body: { name: 'x', role: 'viewer', devices: [{}] }, path: 'devices[0]' },
    { name: 'a field that is none', body: { name: 'x', role: 'viewer', secret: 'mine' }, path: 'secret' },
  ])('are not made with $name', async ({ body, path }) => {
    await using at = await started(open)
    const answer = await at.send('POST', '/keys', body)
    expect(answer.statusCode).toBe(422)
    expect(answer.json<{ errors: { path: string }[] }>().errors.map((one) => one.path)).toContain(path)
    expect(await at.keys.list()).toHaveLength(1)
  })
})

describe('who manages keys', () => {
  const make = (api: Api, key: string, body: object) => api.send('POST', '/keys', body, { 'x-api-key': key })

  it.each(['viewer', 'operator'])('is not a %s', async (role) => {
    await using api = await startTestApi()
    for (const [method, url] of [
      ['GET', '/keys'],
      ['POST', '/keys'],
      ['GET', '/keys/x'],
      ['POST', '/keys/x/rotate'],
      ['DELETE', '/keys/x'],
    ] as const) {
      const answer = await api.send(method, url, method === 'POST' ? {} : undefined, { 'x-api-key': `key-of-${role}` })
      expect([answer.statusCode, answer.json<{ code: string }>().code], `${method} ${url}`).toEqual([
        403,
        'ROLE_TOO_LOW',
      ])
    }
  })

  it('gives nobody more than they have, by a new key or by another’s', async () => {
    await using api = await startTestApi()
    const helper = await api.keys.create({ name: 'helper', role: 'viewer', scopes: ['key:admin', 'query:run'] })
    const admin = await api.keys.create({ name: 'admin', role: 'admin' })
    expect((await make(api, helper.key, { name: 'a', role: 'admin' })).json()).toMatchObject({ code: 'ROLE_TOO_LOW' })
    expect((await make(api, helper.key, { name: 'a', role: 'viewer', scopes: ['query:run'] })).statusCode).toBe(201)
    const lifted = { name: 'a', role: 'viewer', scopes: ['query:run'], policy_allow: ['reload'] }
    expect((await make(api, helper.key, lifted)).json()).toMatchObject({ code: 'ROLE_TOO_LOW' })
    for (const [method, url] of [
      ['POST', `/keys/${admin.info.id}/rotate`],
      ['DELETE', `/keys/${admin.info.id}`],
    ] as const) {
      const answer = await api.send(method, url, method === 'POST' ? {} : undefined, { 'x-api-key': helper.key })
      expect(answer.json(), url).toMatchObject({ code: 'ROLE_TOO_LOW' })
    }
    expect(await api.keys.authenticate(admin.key)).toBeDefined()
  })

  it('is no key that is limited to devices', async () => {
    await using api = await startTestApi()
    const limited = await api.keys.create({ name: 'limited', role: 'admin', devices: [{ host: 'lab-*' }] })
    expect((await make(api, limited.key, { name: 'a', role: 'viewer' })).json()).toMatchObject({
      code: 'DEVICE_NOT_ALLOWED',
    })
  })

  it('is somebody else where the server has no store', async () => {
    await using api = await startTestApi({ keys: undefined as never })
    expect((await api.get('/keys')).json()).toMatchObject({ code: 'NOT_AVAILABLE' })
  })
})
