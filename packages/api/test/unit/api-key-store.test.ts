import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApiKeyStore, fixedApiKey, roles } from '@netpulse/api'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'np-keys-'))
  return {
    path,
    keys: join(path, 'sub', 'keys.json'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

describe('the store of API keys', () => {
  it('makes keys that it recognises, each with its role', async () => {
    await using dir = await folder()
    await using store = await createApiKeyStore(dir.keys)
    for (const role of roles) {
      const { key, info } = await store.create({ name: `the ${role}`, role })
      expect(key).toMatch(new RegExp(`^np_${info.id}_[A-Za-z0-9_-]{43}$`))
      expect(await store.authenticate(key)).toEqual({ id: info.id, name: `the ${role}`, role })
    }
  })

  it('keeps only a hash of the secret part, in a file that nobody else reads', async () => {
    await using dir = await folder()
    await using store = await createApiKeyStore(dir.keys)
    const { key } = await store.create({ name: 'a', role: 'admin' })
    const content = await readFile(dir.keys, 'utf8')
    expect(content).not.toContain(key.slice(12))
    expect((await stat(dir.keys)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(dir.path, 'sub'))).toEqual(['keys.json'])
  })

  const wrong: readonly { name: string; change: (key: string) => string }[] = [
    { name: 'nothing', change: () => '' },
    { name: 'another secret', change: (key) => `${key.slice(0, -4)}AAAA` },
    { name: 'another id', change: (key) => `np_aaaaaaaa_${key.slice(12)}` },
    { name: 'a cut secret', change: (key) => key.slice(0, -1) },
    { name: 'a longer secret', change: (key) => `${key}A` },
    { name: 'a prototype as id', change: () => `np___proto___${'A'.repeat(43)}` },
    { name: 'a very long text', change: (key) => key.repeat(10_000) },
  ]
  it.each(wrong)('does not take $name', async ({ change }) => {
    await using store = await createApiKeyStore()
    const { key } = await store.create({ name: 'a', role: 'admin' })
    expect(await store.authenticate(change(key))).toBeUndefined()
  })

  it('knows its keys after a restart, and when each was used', async () => {
    await using dir = await folder()
    const clock = new FakeClock()
    const first = await createApiKeyStore(dir.keys, { clock })
    const { key, info } = await first.create({ name: 'a', role: 'viewer' })
    await clock.advance(5000)
    await first.authenticate(key)
    await first.close()
    expect(clock.pendingTimers).toBe(0)
    await using second = await createApiKeyStore(dir.keys, { clock })
    expect(await second.authenticate(key)).toMatchObject({ id: info.id })
    expect(await second.list()).toEqual([
      {
        id: info.id,
        name: 'a',
        role: 'viewer',
        createdAt: new Date('2026-01-01T00:00:00Z'),
        lastUsedAt: new Date('2026-01-01T00:00:05Z'),
      },
    ])
  })

  it('sees within a second that another process revoked a key', async () => {
    await using dir = await folder()
    const clock = new FakeClock()
    await using server = await createApiKeyStore(dir.keys, { clock })
    const { key, info } = await server.create({ name: 'a', role: 'viewer' })
    await using other = await createApiKeyStore(dir.keys, { clock })
    await other.revoke(info.id)
    await clock.advance(1000)
    expect(await server.authenticate(key)).toBeUndefined()
    const made = await other.create({ name: 'b', role: 'viewer' })
    await clock.advance(1000)
    expect(await server.authenticate(made.key)).toMatchObject({ name: 'b' })
  })

  it('does not bring a revoked key back when it notes a use', async () => {
    await using dir = await folder()
    const clock = new FakeClock()
    const server = await createApiKeyStore(dir.keys, { clock })
    const { key, info } = await server.create({ name: 'a', role: 'viewer' })
    await server.authenticate(key)
    await using other = await createApiKeyStore(dir.keys, { clock })
    await other.revoke(info.id)
    await server.close()
    expect(await other.list()).toEqual([])
  })

  it('loses no key when many are made at once', async () => {
    await using dir = await folder()
    await using store = await createApiKeyStore(dir.keys)
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.create({ name: `k${index}`, role: 'viewer' })))
    await using again = await createApiKeyStore(dir.keys)
    expect((await again.list()).map(({ name }) => name).sort()).toHaveLength(20)
  })

  it('refuses to revoke what there is not', async () => {
    await using store = await createApiKeyStore()
    await expect(store.revoke('aaaaaaaa')).rejects.toMatchObject({ code: 'API_KEY_UNKNOWN' })
  })

  it.each([
    { name: 'no JSON', content: '{"version": 1' },
    { name: 'another format', content: '{"version": 2, "keys": []}' },
    {
      name: 'an unknown role',
      content: `{"version":1,"keys":[{"id":"aaaaaaaa","name":"","role":"root","hash":"${'x'.repeat(43)}","created":""}]}`,
    },
  ])('refuses a file with $name and leaves it as it is', async ({ content }) => {
    await using dir = await folder()
    const path = join(dir.path, 'keys.json')
    await writeFile(path, content)
    await expect(createApiKeyStore(path)).rejects.toMatchObject({ code: 'API_KEYS_UNREADABLE' })
    expect(await readFile(path, 'utf8')).toBe(content)
  })
})

describe('a fixed API key', () => {
  const principal = { id: 'config', name: 'config', role: 'admin' } as const

  it('is taken, and only whole', () => {
    const authenticate = fixedApiKey('a-long-and-secret-key', principal)
    expect(authenticate('a-long-and-secret-key')).toBe(principal)
    expect(authenticate('a-long-and-secret-ke')).toBeUndefined()
    expect(authenticate('')).toBeUndefined()
  })

  it.each([
    '',
    '   ',
    'MY_API_KEY',
    'your-api-key',
    'changeme',
    'change-me-please-now',
    '<your key>',
    '${API_KEY}',
    'xxxxxxxxxxxxxxxxxxxx',
    'short',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'your-api-key-here',
  ])('is refused when it is %j', (key) => {
    expect(() => fixedApiKey(key, principal)).toThrow(expect.objectContaining({ code: 'API_KEY_WEAK' }) as Error)
  })
})
