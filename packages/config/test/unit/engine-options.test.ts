import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { completeConfig, engineOptions, isShared } from '@netpulse/config'
import { silentLogger } from '@netpulse/core'
import { describe, expect, it } from 'vitest'

describe('the options of the engine', () => {
  it('have no Redis unless it is configured', async () => {
    const config = completeConfig({})
    expect(isShared(config)).toBe(false)
    const options = await engineOptions(config, 'all', silentLogger)
    expect(options).not.toHaveProperty('redis')
    expect(options).toMatchObject({ work: 'all', scheduler: 'load_weighted_random', leaseSeconds: 9 })
  })

  it('say where Redis is, with the certificates themselves', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'np-config-'))
    const ca = join(folder, 'ca.pem')
    await writeFile(ca, 'PEM')
    const redis = {
      url: 'rediss://r:1',
      password: 'p',
      tls: { ca, reject_unauthorized: true },
      key_prefix: 'x',
      command_timeout: 0.5,
    }
    const config = completeConfig({ redis, keyring_file: 'k.json' })
    expect(isShared(config)).toBe(true)
    const options = await engineOptions(config, 'none', silentLogger)
    await rm(folder, { recursive: true })
    expect(options.redis).toEqual({
      url: 'rediss://r:1',
      password: 'p',
      tls: { ca: 'PEM', rejectUnauthorized: true },
      keyPrefix: 'x',
      commandTimeoutMs: 500,
      connectTimeoutMs: 10_000,
    })
    expect(options.keyringFile).toBe('k.json')
  })

  it('say how webhooks are signed and what they may reach', async () => {
    const { webhooks } = await engineOptions(completeConfig({}), 'all', silentLogger)
    expect(webhooks).toEqual({ allow: [], concurrency: 50, perReceiver: 5 })
    const config = completeConfig({ webhooks: { secret: 's', previous_secret: 'p', allow: ['10.1.0.0/16'] } })
    expect((await engineOptions(config, 'all', silentLogger)).webhooks).toEqual({
      secret: 's',
      previousSecret: 'p',
      allow: ['10.1.0.0/16'],
      concurrency: 50,
      perReceiver: 5,
    })
  })

  it('say what the audit record keeps', async () => {
    const { audit } = await engineOptions(completeConfig({}), 'all', silentLogger)
    expect(audit).toEqual({ allowNone: true, retentionDays: 30 })
    const config = completeConfig({
      audit: { enabled: false, allow_none: false, retention_days: 7, max_entries: 5000 },
    })
    expect((await engineOptions(config, 'all', silentLogger)).audit).toEqual({
      ...{ enabled: false, allowNone: false, retentionDays: 7, maxEntries: 5000 },
    })
  })

  it('say where files are, and where clients reach the server', async () => {
    const { storage, externalUrl } = await engineOptions(completeConfig({}), 'all', silentLogger)
    expect([storage, externalUrl]).toEqual([
      { retentionHours: 24, maxUpload: 1_073_741_824, linkTtlSeconds: 3600 },
      undefined,
    ])
    const config = completeConfig({
      server: { external_url: 'https://np.example/api' },
      storage: { staging: '/srv/staging', retention_hours: 1, max_upload: 2048, link_ttl: 60 },
    })
    expect(await engineOptions(config, 'all', silentLogger)).toMatchObject({
      externalUrl: 'https://np.example/api',
      storage: { staging: '/srv/staging', retentionHours: 1, maxUpload: 2048, linkTtlSeconds: 60 },
    })
  })

  it('name the Sentinels', async () => {
    const sentinel = { addresses: ['a:1', 'b'], master_name: 'mymaster', tls: false, password: 's' }
    const { redis } = await engineOptions(completeConfig({ redis: { sentinel } }), 'all', silentLogger)
    expect(redis?.sentinel).toEqual({ addresses: ['a:1', 'b'], masterName: 'mymaster', tls: false, password: 's' })
  })

  it.each([
    { name: 'nobody to run the jobs', config: {}, work: 'none' as const, says: /worker\.mode none needs redis\.url/ },
    {
      name: 'a store in memory with Redis',
      config: { store: 'memory:', redis: { url: 'redis://r' } },
      work: 'all' as const,
      says: /must be a folder/,
    },
  ])('are refused with $name', async ({ config, work, says }) => {
    await expect(engineOptions(completeConfig(config), work, silentLogger)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(says) as string,
    })
  })

  it('are refused with a certificate that cannot be read', async () => {
    const tls = { ca: '/nowhere/ca.pem', reject_unauthorized: true }
    const config = completeConfig({ redis: { url: 'rediss://r', tls } })
    await expect(engineOptions(config, 'all', silentLogger)).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: 'The file /nowhere/ca.pem of redis.tls.ca cannot be read.',
    })
  })
})
