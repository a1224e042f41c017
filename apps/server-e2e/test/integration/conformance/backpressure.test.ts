import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RedisServer } from '../../../../../tools/test/redis-server.mjs'
import { redisSource, startRedis } from '../../../../../tools/test/redis-server.mjs'
import type { Answer, Configured, ErrorBody } from '../../support/reference-server.js'
import { ReferenceServer } from '../../support/reference-server.js'

const hasRedis = redisSource().kind === 'program'

/** The refusal says when a further try makes sense. */
function assertRefused(answer: Answer<unknown>, status: number, code: string): void {
  expect([answer.status, (answer.json as ErrorBody).code], JSON.stringify(answer.json)).toEqual([status, code])
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
}

describe.each(['in one process', 'on Redis'] as const)('what cannot be taken now, %s', (where) => {
  let redis: RedisServer | undefined
  let folder: string
  let reference: ReferenceServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netpulse-backpressure-'))
    if (where === 'on Redis' && hasRedis) redis = await startRedis()
  })
  afterEach(() => reference?.stop())
  afterAll(async () => {
    await redis?.stop()
    await rm(folder, { recursive: true })
  })

  async function start(config: Configured, name: string): Promise<void> {
    const shared =
      redis === undefined
        ? {}
        : { store: join(folder, name), redis: { url: redis.url, key_prefix: name, command_timeout: 1 } }
    reference = await ReferenceServer.start({
      ...shared,
      ...config,
      worker: { mode: 'all', drain_timeout: 0, ...config.worker },
    })
  }

  const statusOf = async (id: unknown) => (await reference.ask('GET', `/jobs/${String(id)}`)).json['status']

  /** A job that its device does not answer for a long time. */
  async function occupy(): Promise<void> {
    const { json } = await reference.exec({}, 'slow')
    await expect.poll(() => statusOf(json['id']), { timeout: 10_000 }).toBe('started')
  }

  const runs = where === 'in one process' || hasRedis

  it.runIf(runs)('a further job of a device with a full queue is answered 429, others are taken', async () => {
    await start({ job: { max_queued_per_device: 1 } }, 'device')
    await occupy()
    expect((await reference.exec({}, 'slow')).status).toBe(201)
    assertRefused(await reference.exec({}, 'slow'), 429, 'QUEUE_FULL')
    expect((await reference.exec()).status).toBe(201)
  })

  it.runIf(runs)('a further job of any device is answered 429 when too many wait in all', async () => {
    await start({ job: { max_queued: 1 } }, 'all')
    await occupy()
    expect((await reference.exec({}, 'slow')).status).toBe(201)
    assertRefused(await reference.exec(), 429, 'QUEUE_FULL')
  })

  it.runIf(runs)('of a bulk, the devices that are too many are in failed', async () => {
    await start({ job: { max_queued_per_device: 1 } }, 'bulk')
    await occupy()
    const { connection_args: slow, ...shared } = reference.request({}, 'slow')
    const { status, json } = await reference.ask<{ succeeded: object[]; failed: { code: string }[] }>(
      'POST',
      '/device/bulk',
      { ...shared, devices: [slow, slow, reference.connection()] },
    )
    expect([status, json.succeeded.length, json.failed.map(({ code }) => code)]).toEqual([201, 2, ['QUEUE_FULL']])
  })

  it.runIf(runs)('A.5, part 1, 5: a device that no node has room for is answered 503', async () => {
    await start({ worker: { capacity: 1 } }, 'room')
    await occupy()
    assertRefused(await reference.exec(), 503, 'NO_WORKER')
  })

  it.runIf(runs)('a key that asks too often is answered 429', async () => {
    await start({ limits: { requests_per_second: 1, burst: 1 } }, 'rate')
    await reference.ask('GET', '/health')
    assertRefused(await reference.ask('GET', '/health'), 429, 'RATE_LIMITED')
  })

  if (where === 'in one process') return

  it.runIf(hasRedis)('everything that needs the store is answered 503 while it is away', async () => {
    await start({}, 'away')
    await redis!.kill()
    try {
      assertRefused(await reference.exec(), 503, 'STORE_UNAVAILABLE')
      assertRefused(await reference.ask('GET', '/jobs'), 503, 'STORE_UNAVAILABLE')
      expect((await reference.ask('GET', '/health/ready')).status).toBe(503)
      expect((await reference.ask('GET', '/health/live')).status).toBe(200)
    } finally {
      await redis!.restart()
    }
  })
})
