import { isNetPulseError } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import type { RedisOptions } from '../../src/connection/redis-options.js'
import { reconnectPauseMs } from '../../src/connection/client-options.js'
import { redisSettingsOf } from '../../src/connection/settings.js'

const secret = 'canary-s3cret'

/** The message of a refused configuration, without any value of it. */
function refusal(options: unknown): string {
  try {
    redisSettingsOf(options as RedisOptions)
  } catch (error) {
    if (!isNetPulseError(error, 'INVALID_INPUT')) throw error
    expect(JSON.stringify([error.message, error.details])).not.toContain(secret)
    return error.message
  }
  throw new Error('the configuration was taken')
}

describe('the Redis configuration', () => {
  it('takes a URL apart and fills in the defaults', () => {
    expect(redisSettingsOf({ url: 'redis://us%65r:p%40ss@[::1]:7000/3' })).toEqual({
      addresses: [{ host: '::1', port: 7000 }],
      username: 'user',
      password: 'p@ss',
      database: 3,
      sentinel: undefined,
      tls: undefined,
      prefix: '{np}:',
      commandTimeoutMs: 5_000,
      connectTimeoutMs: 10_000,
    })
    expect(redisSettingsOf({ url: 'rediss://r1' })).toMatchObject({ addresses: [{ host: 'r1', port: 6379 }], tls: {} })
  })

  it('lets options beside the URL win', () => {
    const options = { url: 'redis://a:b@r1/1', username: 'c', password: 'd', database: 2, keyPrefix: 'lab-1' }
    expect(redisSettingsOf(options)).toMatchObject({ username: 'c', password: 'd', database: 2, prefix: '{lab-1}:' })
  })

  it('takes Sentinels in place of a URL', () => {
    const addresses = ['s1:26380', 's2', '[fe80::1]:26379']
    expect(redisSettingsOf({ sentinel: { addresses }, password: 'x' })).toMatchObject({
      addresses: [
        { host: 's1', port: 26380 },
        { host: 's2', port: 26379 },
        { host: 'fe80::1', port: 26379 },
      ],
      sentinel: { masterName: 'mymaster', tls: false },
      password: 'x',
    })
  })

  it('does not change what it was given', () => {
    const options = Object.freeze({ url: 'redis://r1' })
    redisSettingsOf(options)
    expect(options).toEqual({ url: 'redis://r1' })
  })

  const wrong = [
    { name: 'nothing', options: {}, says: 'give `url` or `sentinel`' },
    { name: 'both', options: { url: 'redis://r', sentinel: { addresses: ['s'] } }, says: 'not both' },
    { name: 'a misspelt key', options: { url: 'redis://r', passwort: secret }, says: 'did you mean "password"?' },
    {
      name: 'a misspelt key below',
      options: { sentinel: { addresses: ['s'], mastername: 'x' } },
      says: 'sentinel.mastername: unknown key; did you mean "masterName"?',
    },
    { name: 'another scheme', options: { url: `http://:${secret}@r1` }, says: '`url` must look like redis://' },
    { name: 'no URL at all', options: { url: `r1:6379:${secret}` }, says: '`url` must look like redis://' },
    {
      name: 'a database by name',
      options: { url: `redis://:${secret}@r1/jobs` },
      says: '`url` must look like redis://',
    },
    { name: 'a query', options: { url: `redis://:${secret}@r1?family=6` }, says: '`url` takes no query' },
    { name: 'a password not encoded', options: { url: `redis://:%${secret}@r1` }, says: 'percent-encoded' },
    { name: 'a Sentinel with a path', options: { sentinel: { addresses: ['s1/x'] } }, says: 'must be host:port' },
    {
      name: 'a Sentinel port out of range',
      options: { sentinel: { addresses: ['s1:70000'] } },
      says: 'must be host:port',
    },
    {
      name: 'TLS on a plain address',
      options: { url: 'redis://r', tls: {} },
      says: '`tls` needs a `rediss://` address',
    },
    {
      name: 'a key without its certificate',
      options: { url: 'rediss://r', tls: { key: secret } },
      says: 'belong together',
    },
    { name: 'no PEM', options: { url: 'rediss://r', tls: { cert: secret, key: secret } }, says: 'must be PEM texts' },
    { name: 'braces in the prefix', options: { url: 'redis://r', keyPrefix: '{np}' }, says: 'keyPrefix' },
    { name: 'no time', options: { url: 'redis://r', commandTimeoutMs: 0 }, says: 'commandTimeoutMs' },
  ]
  it.each(wrong)('refuses $name in a sentence without its values', ({ options, says }) => {
    expect(refusal(options)).toContain(says)
  })
})

describe('the pause before a reconnect', () => {
  it('doubles from 50 ms to 2 s, of which a random half', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 1_000_000].map((attempt) => reconnectPauseMs(attempt, () => 1))
    expect(longest).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000])
    expect(reconnectPauseMs(7, () => 0)).toBe(1_000)
  })
})
