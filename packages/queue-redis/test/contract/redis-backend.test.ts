import { randomUUID } from 'node:crypto'
import { silentLogger } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { queueBackendContract } from '@netpulse/queue/testing'
import type { BackendLimits, BackendUnderTest } from '@netpulse/queue/testing'
import { afterAll, beforeAll, describe } from 'vitest'
import { openRedis } from '../../src/index.js'
import { startRedis } from '../../../../tools/test/redis-server.mjs'

let server: Awaited<ReturnType<typeof startRedis>>

interface Opening {
  readonly keyPrefix: string
  readonly clock: FakeClock
  readonly limits: BackendLimits
}

async function openBackend({ keyPrefix, clock, limits }: Opening): Promise<BackendUnderTest> {
  const { leaseTtlMs, audit = {}, ...queueLimits } = limits
  const redis = await openRedis({ url: server.url, keyPrefix }, silentLogger)
  const backend = redis.backend({ clock, leaseTtlMs, limits: queueLimits, audit })
  await backend.start()
  let next: BackendUnderTest | undefined
  const stop = async (): Promise<void> => {
    await backend.stop()
    await redis.close()
  }
  return {
    backend,
    advance: (byMs) => clock.advance(byMs),
    now: () => clock.now(),
    reopen: async () => {
      await stop()
      next = await openBackend({ keyPrefix, clock, limits })
      return next
    },
    dispose: async () => {
      await stop()
      await next?.dispose()
    },
  }
}

describe('on Redis', () => {
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  queueBackendContract({
    name: 'Redis',
    make: (limits) => openBackend({ keyPrefix: randomUUID(), clock: new FakeClock(), limits }),
  })
})
