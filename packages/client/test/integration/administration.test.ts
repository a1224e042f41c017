import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AuthenticationError, ConnectionError, NetPulseClient, NotFoundError, ValidationError } from '@netpulse/client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RealServer } from '../support/real-server.js'
import { startRealServer } from '../support/real-server.js'

let server: RealServer

beforeAll(async () => {
  server = await startRealServer()
})

afterAll(() => server.stop())

const clientWith = (apiKey: string) => new NetPulseClient({ url: server.url, apiKey, retries: 0 })

describe('API keys', () => {
  it('are made, listed, read, rotated with an overlap, and revoked', async () => {
    const { keys } = server.client
    const { key, ...made } = await keys.create({
      ...{ name: 'nightly', role: 'operator', expires_at: '2199-01-01T00:00:00Z' },
      ...{ scopes: ['query:run', 'job:*'], devices: [{ host: 'lab-*' }, { cidr: '10.0.0.0/8', site: 'x' }] },
    })
    expect(made).toMatchObject({ name: 'nightly', status: 'active', devices: [{ host: 'lab-*' }, { site: 'x' }] })
    expect(await keys.get(made.id)).toEqual(made)
    expect(await keys.list()).toEqual([made])

    const rotated = await keys.rotate(made.id, { overlapSeconds: 60 })
    expect(rotated).toMatchObject({ id: made.id, previous_valid_until: expect.any(String) as string })
    expect(rotated.key).not.toBe(key)
    for (const text of [key, rotated.key]) expect((await clientWith(text).jobs.page()).jobs).toEqual([])
    await keys.rotate(made.id)
    await expect(clientWith(key).jobs.page()).rejects.toBeInstanceOf(AuthenticationError)

    expect(await keys.revoke(made.id)).toEqual({ id: made.id, status: 'revoked' })
    await expect(keys.get(made.id)).rejects.toBeInstanceOf(NotFoundError)
    expect(await keys.list()).toEqual([])
  })

  it('are refused with the place of what is wrong, and to who may not manage them', async () => {
    const { keys } = server.client
    const wrong = keys.create({ name: 'x', role: 'viewer', devices: [{ cidr: 'nonsense' }] })
    await expect(wrong).rejects.toBeInstanceOf(ValidationError)
    const viewer = await keys.create({ name: 'viewer', role: 'viewer' })
    await expect(clientWith(viewer.key).keys.list()).rejects.toMatchObject({ code: 'ROLE_TOO_LOW' })
    await keys.revoke(viewer.id)
  })
})

describe('host keys', () => {
  const key = { type: 'ssh-ed25519', fingerprint: `SHA256:${'a'.repeat(43)}` }

  it('are pinned, listed by address, replaced and forgotten', async () => {
    const { hostKeys } = server.client
    expect(await hostKeys.pin('[2001:db8::1]:22', key)).toMatchObject({ address: '[2001:db8::1]:22', ...key })
    const other = { type: 'ssh-rsa', fingerprint: `SHA256:${'b'.repeat(43)}` }
    expect(await hostKeys.pin('192.0.2.9:22', key)).toMatchObject(key)
    expect(await hostKeys.pin('192.0.2.9:22', other)).toMatchObject(other)
    expect(await hostKeys.list()).toMatchObject([
      { address: '192.0.2.9:22', ...other },
      { address: '[2001:db8::1]:22' },
    ])
    await hostKeys.forget('192.0.2.9:22')
    await expect(hostKeys.forget('192.0.2.9:22')).rejects.toMatchObject({ code: 'HOST_KEY_NOT_PINNED' })
    await expect(hostKeys.pin('r1:22', { public_key: 'nonsense' })).rejects.toBeInstanceOf(ValidationError)
    await hostKeys.forget('[2001:db8::1]:22')
  })

  it('have that of each device that was met', async () => {
    const { client, requestTo, deviceOf } = server
    await client.device.run(requestTo('r2', { command: 'show clock' }))
    const { host, port } = deviceOf('r2')
    expect((await client.hostKeys.list()).map(({ address }) => address)).toContain(`${host}:${port}`)
  })
})

describe('deliveries of webhooks', () => {
  const closing: (() => unknown)[] = []
  afterEach(() => closing.splice(0).forEach((close) => close()))

  /** Answers with a status that the test sets. */
  async function receiver() {
    const state = { status: 500 }
    const http = createServer((request, answer) => {
      request.resume().once('end', () => answer.writeHead(state.status).end())
    }).listen(0, '127.0.0.1')
    await once(http, 'listening')
    closing.push(() => http.close())
    return { state, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/` }
  }

  it('are told of a job, found when they are dead, and replayed', async () => {
    const { client, requestTo } = server
    const { state, url } = await receiver()
    const webhook = { url, max_retries: 0 }
    const jobs = await Promise.all(
      ['r1', 'r2', 'r3'].map((name) => client.device.run(requestTo(name, { command: 'show clock', webhook }))),
    )
    const stateOf = async (id: string) => (await client.deliveries.ofJob(id)).map(({ status }) => status)
    for (const { id } of jobs) await expect.poll(() => stateOf(id)).toEqual(['dead'])

    const dead = []
    for await (const delivery of client.deliveries.dead({ limit: 1 })) dead.push(delivery)
    expect(dead.map(({ job_id: id }) => id).sort()).toEqual(jobs.map(({ id }) => id).sort())
    expect(dead[0]?.log).toMatchObject([{ delivered: false, status: 500 }])
    const page = await client.deliveries.deadPage({ limit: 2 })
    expect([page.deliveries.length, typeof page.nextCursor]).toEqual([2, 'string'])

    state.status = 204
    const [first] = dead
    expect(await client.deliveries.replay(first!.id)).toMatchObject({ id: first!.id, status: 'pending' })
    await expect.poll(() => stateOf(first!.job_id)).toEqual(['delivered'])
    await expect(client.deliveries.replay(first!.id)).rejects.toMatchObject({ code: 'DELIVERY_NOT_DEAD' })
  })

  it('are none for a job without a webhook, and not found for no job', async () => {
    const { client, requestTo } = server
    const { id } = await client.device.run(requestTo('r1', { command: 'show clock' }))
    expect(await client.deliveries.ofJob(id)).toEqual([])
    await expect(client.deliveries.ofJob('nobody')).rejects.toBeInstanceOf(NotFoundError)
  })
})

describe('a credential reference', () => {
  afterEach(() => {
    delete process.env['NETPULSE_CRED_CLIENTTEST_USERNAME']
    delete process.env['NETPULSE_CRED_CLIENTTEST_PASSWORD']
  })

  it('is looked up without its values; one that leads nowhere is an answer, one that is not allowed a refusal', async () => {
    process.env['NETPULSE_CRED_CLIENTTEST_USERNAME'] = 'canary-user'
    process.env['NETPULSE_CRED_CLIENTTEST_PASSWORD'] = 'canary-password'
    const { credentials } = server.client
    const found = await credentials.test({ ref: 'CLIENTTEST' })
    expect(found).toMatchObject({ success: true, provider: 'lab', fields: ['password', 'username'] })
    expect(JSON.stringify(found)).not.toContain('canary')
    delete process.env['NETPULSE_CRED_CLIENTTEST_PASSWORD']
    expect(await credentials.test({ name: 'lab', ref: 'CLIENTTEST' })).toMatchObject({
      ...{ success: false, code: 'CREDENTIAL_FIELD_MISSING' },
    })
    await expect(credentials.test({ ref: 'OTHER' })).rejects.toMatchObject({ code: 'CREDENTIAL_NOT_ALLOWED' })
  })
})

describe('the system', () => {
  it('is counted, lives, is ready, and has metrics', async () => {
    const { client, requestTo } = server
    await client.device.run(requestTo('r1', { command: 'show clock' }))
    const stats = await client.system.stats()
    expect(stats).toMatchObject({ status: 'online', nodes: { active: 1 }, devices: { held: 0 } })
    expect(stats.jobs.succeeded).toBeGreaterThan(0)
    expect(await client.system.live()).toEqual({ status: 'ok' })
    expect(await client.system.ready()).toBe(true)
    expect(await client.system.metrics()).toMatch(/^answers_total [1-9]\d*\n$/)
  })

  it('is not ready once its store is closed, and not there when nobody listens', async () => {
    const own = await startRealServer()
    await own.netpulse.close()
    expect(await own.client.system.ready()).toBe(false)
    await own.stop()
    await expect(own.client.system.ready()).rejects.toBeInstanceOf(ConnectionError)
  })
})
