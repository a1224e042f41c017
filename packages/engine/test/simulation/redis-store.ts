import { randomBytes } from 'node:crypto'
import { silentLogger } from '@netpulse/core'
import type { QueueBackend } from '@netpulse/queue'
import type { RedisStore } from '@netpulse/queue-redis'
import { openRedis } from '@netpulse/queue-redis'
import type { OpenRunStore } from './simulate.js'

/** Round trips after which what one message has brought about has come, further messages of the store included. */
const roundTrips = 3

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Redis as the store of a run, each process with connections of its own. Its time is the run's, its ways are real ones:
 * what happens at the same virtual moment may come in another order each time.
 */
export const redisStore =
  (url: string): OpenRunStore =>
  async (options) => {
    const keyPrefix = `sim-${randomBytes(6).toString('hex')}`
    const open: { readonly redis: RedisStore; readonly backend: QueueBackend }[] = []
    const openBackend = async (): Promise<QueueBackend> => {
      const redis = await openRedis({ url, keyPrefix }, silentLogger)
      const backend = redis.backend(options)
      open.push({ redis, backend })
      await backend.start()
      return backend
    }
    const backend = await openBackend()
    const probe = open[0]!.redis.records('probe')
    return {
      backend,
      openBackend,
      settleStore: async () => {
        for (let trip = 0; trip < roundTrips; trip++) {
          await probe.get('anything')
          await nextTurn()
        }
      },
      stop: async () => {
        await Promise.all(open.map((one) => one.backend.stop().finally(() => one.redis.close())))
      },
    }
  }
