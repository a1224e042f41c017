import { inspect } from 'node:util'
import { coreError, isNetPulseError } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import type { ProviderSetup, ResolvedValue } from '../../src/index.js'
import { createCredentialResolver } from '../../src/index.js'
import { ConstantProvider, HeldProvider, setupOf } from '../support/test-provider.js'

const login = { username: 'netops', password: 'pa55word-1' }
const never = new AbortController().signal

function resolverOf(provider: HeldProvider, more: Partial<ProviderSetup> = {}) {
  const clock = new FakeClock()
  const resolver = createCredentialResolver({ providers: new Map([['vault', setupOf(provider, more)]]), clock })
  return { clock, resolver }
}

const plain = (values: readonly ResolvedValue[]): Record<string, string> =>
  Object.fromEntries(values.map(({ option, secret }) => [option, secret.reveal()]))

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error: unknown) => (isNetPulseError(error) ? error.code : error),
  )

/** Lets promises that are due settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the credential resolver', () => {
  it('asks the provider with the path, the mount and what the reference says besides', async () => {
    const provider = new ConstantProvider(login)
    const { resolver } = resolverOf(provider)
    await resolver.resolve({ ref: '/core/r1/' }, never)
    await resolver.resolve({ ref: 'core/r1', mount: 'team/kv/', version: 2, namespace: 'a' }, never)
    expect(provider.asked.map(({ query }) => query)).toEqual([
      { path: 'core/r1', mount: 'kv' },
      { path: 'core/r1', mount: 'team/kv', version: 2, namespace: 'a' },
    ])
  })

  const mappings = [
    { name: 'username and password', secret: login, mapping: undefined, options: login },
    {
      name: 'also the key, where there is one',
      secret: { ...login, pkey: 'KEY', more: 'x' },
      mapping: undefined,
      options: { ...login, pkey: 'KEY' },
    },
    {
      name: 'what the mapping says and nothing else',
      secret: { ...login, admin: 'root', enable: 'e-secret', pkey: 'KEY' },
      mapping: { username: 'admin', secret: 'enable' },
      options: { username: 'root', secret: 'e-secret' },
    },
  ]
  it.each(mappings)('gives $name', async ({ secret, mapping, options }) => {
    const { resolver } = resolverOf(new ConstantProvider(secret))
    const reference = { ref: 'x', ...(mapping === undefined ? {} : { fieldMapping: mapping }) }
    expect(plain(await resolver.resolve(reference, never))).toEqual(options)
  })

  it('names the fields that are missing, and no value', async () => {
    const { resolver } = resolverOf(new ConstantProvider({ user: 'netops-1', pass: 'pa55word-1' }))
    const error = await resolver.resolve({ ref: 'x' }, never).catch((reason: unknown) => reason)
    expect(isNetPulseError(error, 'CREDENTIAL_FIELD_MISSING')).toBe(true)
    expect((error as Error).message).toBe('The secret has no field username, password.')
    expect(inspect(error, { depth: 10 })).not.toMatch(/netops-1|pa55word-1/)
  })

  it('counts a password that is mapped to the login name as a secret', async () => {
    const { resolver } = resolverOf(new ConstantProvider({ ...login, login: 'netops' }))
    const isName = async (field: string): Promise<boolean> =>
      (await resolver.resolve({ ref: 'x', fieldMapping: { username: field } }, never))[0]!.isName
    expect([await isName('username'), await isName('login'), await isName('password')]).toEqual([true, true, false])
  })

  it('remembers a secret for its time, and drops it then', async () => {
    const provider = new ConstantProvider(login)
    const { clock, resolver } = resolverOf(provider)
    for (const afterMs of [0, 29_999, 1, 0]) {
      await clock.advance(afterMs)
      await resolver.resolve({ ref: 'x' }, never)
    }
    expect(provider.asked).toHaveLength(2)
  })

  it('remembers nothing with a time of 0', async () => {
    const provider = new ConstantProvider(login)
    const { resolver } = resolverOf(provider, { cacheTtlSeconds: 0 })
    await resolver.resolve({ ref: 'x' }, never)
    await resolver.resolve({ ref: 'x' }, never)
    expect(provider.asked).toHaveLength(2)
  })

  it('keeps versions, namespaces, mounts and paths apart', async () => {
    const provider = new ConstantProvider(login)
    const { resolver } = resolverOf(provider)
    const references = [{}, { version: 1 }, { version: 2 }, { namespace: 'a' }, { mount: 'other' }]
    for (const more of [...references, ...references]) await resolver.resolve({ ref: 'x', ...more }, never)
    await resolver.resolve({ ref: 'y' }, never)
    expect(provider.asked).toHaveLength(references.length + 1)
  })

  it('asks once for all who ask at the same time', async () => {
    const provider = new HeldProvider()
    const { resolver } = resolverOf(provider, { cacheTtlSeconds: 0 })
    const asks = Array.from({ length: 50 }, () => resolver.resolve({ ref: 'x' }, new AbortController().signal))
    await settle()
    expect(provider.asked).toHaveLength(1)
    provider.asked[0]!.answer(login)
    expect((await Promise.all(asks)).map(plain)).toEqual(asks.map(() => login))
  })

  it('lets one leave without ending the question of the others, and ends it with the last', async () => {
    const provider = new HeldProvider()
    const { resolver } = resolverOf(provider)
    const [first, second] = [new AbortController(), new AbortController()]
    const asks = [first, second].map(({ signal }) => codeOf(resolver.resolve({ ref: 'x' }, signal)))
    await settle()
    first.abort(coreError('ABORTED', 'one leaves'))
    expect(await asks[0]).toBe('ABORTED')
    expect(provider.asked[0]!.signal.aborted).toBe(false)
    second.abort(coreError('ABORTED', 'the other leaves'))
    expect(await asks[1]).toBe('ABORTED')
    expect(provider.asked[0]!.signal.aborted).toBe(true)
  })

  it('does not remember a failure, nor what comes after everybody has gone', async () => {
    const provider = new HeldProvider()
    const { resolver } = resolverOf(provider)
    const failing = codeOf(resolver.resolve({ ref: 'x' }, never))
    await settle()
    provider.asked[0]!.fail(coreError('INTERNAL', 'no'))
    expect(await failing).toBe('INTERNAL')
    const leaving = new AbortController()
    const left = codeOf(resolver.resolve({ ref: 'x' }, leaving.signal))
    await settle()
    leaving.abort(coreError('ABORTED', 'gone'))
    expect(await left).toBe('ABORTED')
    provider.asked[1]!.answer(login)
    await settle()
    void codeOf(resolver.resolve({ ref: 'x' }, never))
    await settle()
    expect(provider.asked).toHaveLength(3)
  })

  it('asks a provider at most 32 questions at once, and the rest after them', async () => {
    const provider = new HeldProvider()
    const { resolver } = resolverOf(provider)
    const asks = Array.from({ length: 40 }, (_, index) =>
      resolver.resolve({ ref: `r${index}` }, new AbortController().signal),
    )
    await settle()
    expect(provider.asked).toHaveLength(32)
    for (const one of provider.asked.slice()) one.answer(login)
    await settle()
    expect(provider.asked).toHaveLength(40)
    for (const one of provider.asked) one.answer(login)
    expect(await Promise.all(asks)).toHaveLength(40)
  })

  it('inspects without a value, and asks anew for that', async () => {
    const provider = new ConstantProvider({ ...login, note: 'n-value-1' })
    const { resolver } = resolverOf(provider)
    await resolver.resolve({ ref: 'x' }, never)
    expect(await resolver.inspect({ ref: 'x' }, never)).toEqual({
      provider: 'vault',
      fields: ['note', 'password', 'username'],
      options: ['username', 'password'],
    })
    expect(provider.asked).toHaveLength(2)
  })

  it('forgets what a device has refused', async () => {
    const provider = new ConstantProvider(login)
    const { resolver } = resolverOf(provider)
    await resolver.resolve({ ref: 'x' }, never)
    resolver.forget({ ref: 'x' })
    await resolver.resolve({ ref: 'x' }, never)
    expect(provider.asked).toHaveLength(2)
  })

  it('opens a provider once, tries again when that failed, and closes it', async () => {
    const provider = new ConstantProvider(login)
    let opened = 0
    const { resolver } = resolverOf(provider, {
      open: () => {
        opened += 1
        return opened === 1 ? Promise.reject(coreError('INTERNAL', 'not yet')) : Promise.resolve(provider)
      },
    })
    expect(await codeOf(resolver.resolve({ ref: 'x' }, never))).toBe('INTERNAL')
    await Promise.all([resolver.resolve({ ref: 'x' }, never), resolver.resolve({ ref: 'y' }, never)])
    await resolver[Symbol.asyncDispose]()
    expect([opened, provider.disposed]).toEqual([2, 1])
  })

  const unnamed = [
    { name: 'none is configured', names: [], reference: { ref: 'x' }, says: /No credential provider is configured/ },
    {
      name: 'several are, and none is named',
      names: ['a', 'b'],
      reference: { ref: 'x' },
      says: /name one of them: a, b/,
    },
    {
      name: 'the name is misspelt',
      names: ['vault'],
      reference: { name: 'vualt', ref: 'x' },
      says: /did you mean "vault"/,
    },
    {
      name: 'the name is that of an object',
      names: ['vault'],
      reference: { name: '__proto__', ref: 'x' },
      says: /known: vault/,
    },
  ]
  it.each(unnamed)('knows no provider when $name', ({ names, reference, says }) => {
    const providers = new Map(names.map((name) => [name, setupOf(new ConstantProvider(login))]))
    const resolver = createCredentialResolver({ providers, clock: new FakeClock() })
    expect(() => resolver.check(reference)).toThrow(says)
  })

  it('shows no value when it is printed', async () => {
    const { resolver } = resolverOf(new ConstantProvider(login))
    const values = await resolver.resolve({ ref: 'x' }, never)
    const text = inspect({ resolver, values }, { depth: 12, showHidden: true }) + JSON.stringify({ resolver, values })
    expect(text).not.toContain(login.password)
  })
})
