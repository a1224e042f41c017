import { createSharedApiKeyStore } from '@netpulse/api'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { sharedRecords } from '../support/shared-records.js'

function twoServers() {
  const records = sharedRecords()
  const clock = new FakeClock()
  const [one, two] = [createSharedApiKeyStore(records, { clock }), createSharedApiKeyStore(records, { clock })]
  return { records, clock, one, two }
}

describe('API keys that servers share', () => {
  it('a key made at one server works at another at once', async () => {
    const { one, two } = twoServers()
    const { key, info } = await one.create({ name: 'ci', role: 'operator' })
    expect(await two.authenticate(key)).toEqual({ id: info.id, name: 'ci', role: 'operator' })
    expect(await two.list()).toEqual([expect.objectContaining({ id: info.id, name: 'ci' })])
  })

  it('a key that one server revoked is refused by another within a second', async () => {
    const { one, two, clock } = twoServers()
    const { key, info } = await one.create({ name: 'ci', role: 'operator' })
    await two.authenticate(key)
    await one.revoke(info.id)
    expect(await one.authenticate(key)).toBeUndefined()
    await clock.advance(1000)
    expect(await two.authenticate(key)).toBeUndefined()
    await expect(two.revoke(info.id)).rejects.toMatchObject({ code: 'API_KEY_UNKNOWN' })
  })

  it('asks once a second for a key, however often it is used', async () => {
    const { one, records, clock } = twoServers()
    const { key } = await one.create({ name: 'ci', role: 'operator' })
    await Promise.all(Array.from({ length: 50 }, () => one.authenticate(key)))
    await one.authenticate(key)
    expect(records.asked.get).toBe(1)
    await clock.advance(1000)
    await one.authenticate(key)
    expect(records.asked.get).toBe(2)
  })

  it('keeps only a hash of the secret part', async () => {
    const { one, records } = twoServers()
    const { key } = await one.create({ name: 'ci', role: 'admin' })
    const secret = key.slice(12)
    expect(secret).toHaveLength(43)
    expect([...records.keys.values.values()].join()).not.toContain(secret)
  })

  it.each([
    { name: 'another secret', change: (key: string) => `${key.slice(0, -4)}AAAA` },
    { name: 'another id', change: (key: string) => `np_aaaaaaaa_${key.slice(12)}` },
    { name: 'a prototype as id', change: () => `np___proto___${'A'.repeat(43)}` },
  ])('does not take $name', async ({ change }) => {
    const { one } = twoServers()
    const { key } = await one.create({ name: 'a', role: 'admin' })
    expect(await one.authenticate(change(key))).toBeUndefined()
  })

  it('tells every server when a key was last used', async () => {
    const { one, two, clock } = twoServers()
    const { key } = await one.create({ name: 'a', role: 'viewer' })
    await one.authenticate(key)
    const at = clock.now()
    expect((await two.list())[0]?.lastUsedAt).toBeUndefined()
    await clock.advance(60_000)
    expect((await two.list())[0]?.lastUsedAt).toEqual(at)
  })

  it('ends in order while the records are away', async () => {
    const { one, records } = twoServers()
    const { key } = await one.create({ name: 'a', role: 'viewer' })
    await one.authenticate(key)
    records.usage.set = () => Promise.reject(new Error('away'))
    await one.close()
    expect(records.usage.values.size).toBe(0)
  })

  it('refuses a record that is no key', async () => {
    const { one, records } = twoServers()
    const { key, info } = await one.create({ name: 'a', role: 'viewer' })
    records.keys.values.set(info.id, '{"id":"x"}')
    await expect(one.authenticate(key)).rejects.toMatchObject({ code: 'API_KEYS_UNREADABLE' })
  })
})
