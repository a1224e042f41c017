import { inspect } from 'node:util'
import { credentialProviderContract } from '@netpulse/plugin-sdk/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenBao } from '../../../../tools/test/openbao-server.mjs'
import { openBaoSource, startOpenBao } from '../../../../tools/test/openbao-server.mjs'
import { failureOf, providerOf, revealed, signal } from '../support/vault-under-test.js'
import { WatchedClock } from '../support/watched-clock.js'

const source = openBaoSource()
if (source.kind === 'none') console.warn(`Tests with a real Vault skipped: ${source.reason}`)

const secret = { username: 'user-55ae01', password: 'pass/ü "1"\n-7f00', pkey: 'line 1\nline 2' }

interface Role {
  readonly role_id: string
  readonly secret_id: string
}

/** A role that may read `kv/core/*`, in a namespace or in the root one. */
async function makeRole(bao: OpenBao, settings: object = {}, namespace?: string): Promise<Role> {
  const name = `r${Math.random().toString(36).slice(2)}`
  const inside = namespace === undefined ? {} : { namespace }
  await bao.api(
    'PUT',
    'sys/policies/acl/reader',
    { policy: 'path "kv/data/core/*" { capabilities = ["read"] }' },
    inside,
  )
  await bao.api(
    'POST',
    `auth/approle/role/${name}`,
    { token_policies: ['reader'], token_ttl: '1h', ...settings },
    inside,
  )
  const id = await bao.api('GET', `auth/approle/role/${name}/role-id`, undefined, inside)
  const made = await bao.api('POST', `auth/approle/role/${name}/secret-id`, {}, inside)
  return { role_id: String(id.data?.['role_id']), secret_id: String(made.data?.['secret_id']) }
}

async function prepare(bao: OpenBao, namespace?: string): Promise<void> {
  const inside = namespace === undefined ? {} : { namespace }
  await bao.api('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } }, inside)
  await bao.api('POST', 'sys/auth/approle', { type: 'approle' }, inside)
}

const put = (bao: OpenBao, path: string, data: object, namespace?: string) =>
  bao.api('POST', `kv/data/${path}`, { data }, namespace === undefined ? {} : { namespace })

describe.skipIf(source.kind === 'none')('with a real OpenBao', () => {
  let bao: OpenBao
  beforeAll(async () => {
    bao = await startOpenBao()
    await prepare(bao)
    await bao.api('POST', 'sys/mounts/kv1', { type: 'kv', options: { version: '1' } })
    await put(bao, 'core/r1', { username: 'old', password: 'old-password' })
    await put(bao, 'core/r1', secret)
    await put(bao, 'core/odd name/+ü', { password: 'odd' })
    await put(bao, 'core/mixed', { port: 22, on: true, nested: { a: 1 }, list: ['x'], nothing: null, text: '' })
    await put(bao, 'other/r1', { password: 'not-for-us' })
    await put(bao, 'core/gone', { password: '1' })
    await put(bao, 'core/gone', { password: '2' })
    await put(bao, 'core/gone', { password: '3' })
    await bao.api('POST', 'kv/delete/core/gone', { versions: [1, 3] })
    await bao.api('PUT', 'kv/destroy/core/gone', { versions: [2] })
    await bao.api('POST', 'kv1/data/x', { password: 'v1' })
  })
  afterAll(() => bao?.stop())

  credentialProviderContract({
    name: 'vault, by AppRole',
    open: async () => {
      const provider = await providerOf({ addr: bao.address, ...(await makeRole(bao)) })
      return { provider, [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose]() }
    },
    known: { path: 'core/r1', mount: 'kv' },
    fields: secret,
    unknown: { path: 'core/none', mount: 'kv' },
  })

  it('reads by token, the newest version or the one that is asked for', async () => {
    await using provider = await providerOf({ addr: `${bao.address}/`, token: bao.rootToken })
    expect(revealed(await provider.fetch({ path: 'core/r1' }, { signal: signal() }))).toEqual(secret)
    const first = await provider.fetch({ path: 'core/r1', version: 1 }, { signal: signal() })
    expect(revealed(first)).toEqual({ username: 'old', password: 'old-password' })
  })

  it('reads paths with signs that mean something in a URL, and takes texts and numbers of a secret', async () => {
    await using provider = await providerOf({ addr: bao.address, token: bao.rootToken })
    expect(revealed(await provider.fetch({ path: 'core/odd name/+ü' }, { signal: signal() }))).toEqual({
      password: 'odd',
    })
    const mixed = await provider.fetch({ path: 'core/mixed' }, { signal: signal() })
    expect(revealed(mixed)).toEqual({ port: '22', text: '' })
  })

  const failures = [
    { name: 'nothing at the path', query: { path: 'core/none' }, code: 'CREDENTIAL_NOT_FOUND', says: 'kv/core/none' },
    {
      name: 'no such version',
      query: { path: 'core/r1', version: 9 },
      code: 'CREDENTIAL_NOT_FOUND',
      says: 'nothing at',
    },
    {
      name: 'no such mount',
      query: { path: 'x', mount: 'nope' },
      code: 'CREDENTIAL_NOT_FOUND',
      says: 'nothing mounted',
    },
    {
      name: 'no such namespace',
      query: { path: 'x', namespace: 'nope' },
      code: 'CREDENTIAL_NOT_FOUND',
      says: 'namespace',
    },
    { name: 'a deleted newest version', query: { path: 'core/gone' }, code: 'CREDENTIAL_DELETED', says: 'was deleted' },
    {
      name: 'a deleted version',
      query: { path: 'core/gone', version: 1 },
      code: 'CREDENTIAL_DELETED',
      says: 'deleted',
    },
    {
      name: 'a destroyed version',
      query: { path: 'core/gone', version: 2 },
      code: 'CREDENTIAL_DELETED',
      says: 'destroyed',
    },
    {
      name: 'a mount of version 1',
      query: { path: 'x', mount: 'kv1' },
      code: 'CREDENTIAL_UNREADABLE',
      says: 'version 2',
    },
    {
      name: 'a mount that leads into one',
      query: { path: 'r1', mount: 'kv/data/core' },
      code: 'CREDENTIAL_NOT_FOUND',
      says: 'none',
    },
  ]
  it.each(failures)('says what is wrong: $name', async ({ query, code, says }) => {
    await using provider = await providerOf({ addr: bao.address, token: bao.rootToken })
    const failure = await failureOf(provider.fetch(query, { signal: signal() }))
    expect(failure.code).toBe(code)
    expect(failure.message).toContain(says)
  })

  it('tells a path that it may not read from a login that is over', async () => {
    const role = await makeRole(bao)
    await using provider = await providerOf({ addr: bao.address, ...role })
    const failure = await failureOf(provider.fetch({ path: 'other/r1' }, { signal: signal() }))
    expect(failure).toEqual({
      code: 'CREDENTIAL_FORBIDDEN',
      message: "Vault does not let NetPulse's login read kv/other/r1.",
    })
  })

  const badLogins = [
    { name: 'an unknown token', login: () => ({ token: 's.unknown-token-1' }) },
    { name: 'an unknown AppRole', login: () => ({ role_id: 'nobody', secret_id: 'wrong-secret-id-1' }) },
    {
      name: 'an AppRole of a method that is not mounted',
      login: () => ({ role_id: 'x', secret_id: 'wrong-secret-id-1', approle_mount: 'nope' }),
    },
  ]
  it.each(badLogins)('says CREDENTIAL_LOGIN_EXPIRED for $name, and not the secret', async ({ login }) => {
    await using provider = await providerOf({ addr: bao.address, ...login() })
    const error: unknown = await provider
      .fetch({ path: 'core/r1' }, { signal: signal() })
      .catch((reason: unknown) => reason)
    expect((error as { code: string }).code).toBe('CREDENTIAL_LOGIN_EXPIRED')
    expect(inspect(error, { depth: 20 })).not.toMatch(/unknown-token-1|wrong-secret-id-1/)
  })

  it('logs in by AppRole where the token is not valid, and tries the token first where it is', async () => {
    const role = await makeRole(bao)
    await using fallback = await providerOf({ addr: bao.address, token: 's.unknown', ...role })
    expect((await fallback.fetch({ path: 'core/r1' }, { signal: signal() })).size).toBe(3)
    await using first = await providerOf({ addr: bao.address, token: bao.rootToken, role_id: 'x', secret_id: 'y' })
    expect((await first.fetch({ path: 'other/r1' }, { signal: signal() })).size).toBe(1)
  })

  it('logs in again when its login was revoked, once for all who wait', async () => {
    const role = await makeRole(bao, { secret_id_num_uses: 0 })
    await using provider = await providerOf({ addr: bao.address, ...role })
    await provider.fetch({ path: 'core/r1' }, { signal: signal() })
    const before = await accessors(bao)
    for (const accessor of before) await bao.api('POST', 'auth/token/revoke-accessor', { accessor })
    const asks = Array.from({ length: 10 }, () => provider.fetch({ path: 'core/r1' }, { signal: signal() }))
    expect((await Promise.all(asks)).map(({ size }) => size)).toEqual(asks.map(() => 3))
    expect(await accessors(bao)).toHaveLength(1)
  })

  it('logs in once for many who ask at first, and gives the login up at the end', async () => {
    const provider = await providerOf({ addr: bao.address, ...(await makeRole(bao)) })
    const asks = Array.from({ length: 10 }, () => provider.fetch({ path: 'core/r1' }, { signal: signal() }))
    await Promise.all(asks)
    expect(await accessors(bao)).toHaveLength(1)
    await provider[Symbol.asyncDispose]()
    expect(await accessors(bao)).toHaveLength(0)
  })

  it('says that a token without an AppRole has expired', async () => {
    const made = await bao.api('POST', 'auth/token/create', { policies: ['root'], ttl: '1h' })
    const token = String(made.auth?.['client_token'])
    await using provider = await providerOf({ addr: bao.address, token })
    await provider.fetch({ path: 'core/r1' }, { signal: signal() })
    await bao.api('POST', 'auth/token/revoke', { token })
    const { code } = await failureOf(provider.fetch({ path: 'core/r1' }, { signal: signal() }))
    expect(code).toBe('CREDENTIAL_LOGIN_EXPIRED')
  })

  it('renews a token when two thirds of its life are over', async () => {
    const clock = new WatchedClock()
    const made = await bao.api('POST', 'auth/token/create', { policies: ['root'], period: '30s' })
    const token = String(made.auth?.['client_token'])
    await using provider = await providerOf({ addr: bao.address, token }, { clock })
    await provider.fetch({ path: 'core/r1' }, { signal: signal() })
    const renewedAt = async (): Promise<unknown> =>
      (await bao.api('POST', 'auth/token/lookup', { token })).data?.['last_renewal_time'] ?? 'never'
    await clock.advance(19_000)
    expect(await renewedAt()).toBe('never')
    const planned = clock.timerOf(20_000)
    await clock.advance(1_000)
    await planned
    expect(await renewedAt()).toBeTypeOf('number')
  })

  it('says that it is sealed, and reads again once it is not', async () => {
    await using provider = await providerOf({ addr: bao.address, ...(await makeRole(bao)) })
    await provider.fetch({ path: 'core/r1' }, { signal: signal() })
    await bao.seal()
    expect((await failureOf(provider.fetch({ path: 'core/r1' }, { signal: signal() }))).code).toBe('CREDENTIAL_SEALED')
    await using fresh = await providerOf({ addr: bao.address, role_id: 'x', secret_id: 'y' })
    expect((await failureOf(fresh.fetch({ path: 'core/r1' }, { signal: signal() }))).code).toBe('CREDENTIAL_SEALED')
    await bao.unseal()
    expect((await provider.fetch({ path: 'core/r1' }, { signal: signal() })).size).toBe(3)
  })

  it('logs in and reads in a namespace, its own or that of a reference', async () => {
    await bao.api('POST', 'sys/namespaces/team', {})
    await prepare(bao, 'team')
    await put(bao, 'core/r1', { password: 'of-the-team' }, 'team')
    const role = await makeRole(bao, {}, 'team')
    await using inTeam = await providerOf({ addr: bao.address, namespace: 'team', ...role })
    expect(revealed(await inTeam.fetch({ path: 'core/r1' }, { signal: signal() }))).toEqual({ password: 'of-the-team' })
    await using outside = await providerOf({ addr: bao.address, token: bao.rootToken })
    const asked = await outside.fetch({ path: 'core/r1', namespace: 'team' }, { signal: signal() })
    expect(revealed(asked)).toEqual({ password: 'of-the-team' })
    expect((await outside.fetch({ path: 'core/r1' }, { signal: signal() })).size).toBe(3)
  })
})

/** Accessors of all tokens but the root's. */
async function accessors(bao: OpenBao): Promise<readonly string[]> {
  const list = await bao.api('GET', 'auth/token/accessors?list=true')
  const keys = list.data?.['keys'] as readonly string[]
  const found = await Promise.all(
    keys.map(async (accessor) => (await bao.api('POST', 'auth/token/lookup-accessor', { accessor })).data),
  )
  return found.filter((data) => String(data?.['path']).includes('approle')).map((data) => String(data?.['accessor']))
}

describe.skipIf(source.kind === 'none')('with a real OpenBao over TLS', () => {
  let bao: OpenBao
  beforeAll(async () => {
    bao = await startOpenBao({ tls: true })
    await prepare(bao)
    await put(bao, 'core/r1', secret)
  })
  afterAll(() => bao?.stop())

  const read = async (options: object): Promise<unknown> => {
    await using provider = await providerOf({ addr: bao.address, token: bao.rootToken, ...options })
    const call = provider.fetch({ path: 'core/r1' }, { signal: signal() })
    return await call.then(
      ({ size }) => size,
      () => failureOf(call),
    )
  }

  it('refuses a certificate of an authority that it does not know, and says why', async () => {
    const failure = (await read({})) as { code: string; message: string }
    expect(failure.code).toBe('CREDENTIAL_UNAVAILABLE')
    expect(failure.message).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY|CERT/)
  })

  it('trusts the authority of a file, or nobody asked', async () => {
    expect(await read({ verify: bao.caFile! })).toBe(3)
    expect(await read({ verify: false })).toBe(3)
  })

  it('refuses a certificate of another name, unless it is told the name', async () => {
    const addr = bao.address
    expect(await read({ addr, verify: bao.caFile!, server_name: 'vault.example.net' })).toMatchObject({
      code: 'CREDENTIAL_UNAVAILABLE',
    })
    expect(await read({ addr, verify: bao.caFile!, server_name: 'localhost' })).toBe(3)
  })

  it('says which file of a certificate cannot be read', async () => {
    await expect(providerOf({ addr: bao.address, token: 'x', verify: '/nowhere/ca.pem' })).rejects.toThrow(
      'The file /nowhere/ca.pem of the option verify cannot be read.',
    )
  })
})
