import type { Logger } from '@netpulse/core'
import type { QueueBackend } from '@netpulse/queue'
import { connectRedis } from './connection/connections.js'
import type { RedisOptions } from './connection/redis-options.js'
import { RedisBackend } from './store/redis-backend.js'
import type { RedisBackendOptions } from './store/settings.js'
import type { SharedRecords } from './store/shared-records.js'
import { sharedRecords } from './store/shared-records.js'

/** An open Redis, and what NetPulse keeps in it. */
export interface RedisStore extends AsyncDisposable {
  /** The queue backend over these connections; start and stop it as any other. */
  backend(options?: RedisBackendOptions): QueueBackend
  /** Small records that all processes share, by the name of their collection. */
  records(collection: string): SharedRecords
  /** Ends the connections; after the backend was stopped. Idempotent. */
  close(): Promise<void>
}

/** Connects and checks that Redis can be used. @throws what `connectRedis` throws */
export async function openRedis(options: RedisOptions, logger: Logger): Promise<RedisStore> {
  const connections = await connectRedis(options, logger)
  const close = (): Promise<void> => connections.close()
  return {
    backend: (backendOptions = {}) => new RedisBackend(connections, { logger, ...backendOptions }),
    records: (collection) => sharedRecords(connections, collection),
    close,
    [Symbol.asyncDispose]: close,
  }
}
