import { silentLogger } from '@netpulse/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RedisServer } from '../../../../tools/test/redis-server.mjs'
import { startRedis } from '../../../../tools/test/redis-server.mjs'
import { openRedis } from '../../src/index.js'

describe('records that processes share', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
  })

  afterAll(() => server.stop())

  it('are replaced only as long as they say what was read', async () => {
    await using redis = await openRedis({ url: server.url }, silentLogger)
    const records = redis.records('test')
    expect(await records.replace('a', 'one', 'two')).toBe(false)
    expect(await records.get('a')).toBeUndefined()
    expect(await records.add('a', 'one')).toBe(true)
    expect(await records.replace('a', 'other', 'two')).toBe(false)
    expect(await records.replace('a', 'one', 'two')).toBe(true)
    expect(await records.get('a')).toBe('two')
  })

  it('have one winner of many that replace at once, and none that brings a deleted one back', async () => {
    await using redis = await openRedis({ url: server.url }, silentLogger)
    await using other = await openRedis({ url: server.url }, silentLogger)
    const [one, two] = [redis.records('race'), other.records('race')]
    await one.add('a', 'start')
    const tries = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? one : two).replace('a', 'start', `${index}`),
    )
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
    await one.delete('a')
    expect(await two.replace('a', 'start', 'again')).toBe(false)
    expect([...(await one.entries())]).toEqual([])
  })
})
