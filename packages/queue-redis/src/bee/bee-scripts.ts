import { createRequire } from 'node:module'
import type { Redis } from '../connection/redis.js'

interface BeeScripts {
  /** Loads the scripts that the server does not know. */
  buildCache(client: Redis): Promise<unknown>
}

/** bee-queue's own scripts. Not part of its public face and without types, but the only way to load them again. */
export const beeScripts = (): BeeScripts => createRequire(import.meta.url)('bee-queue/lib/lua/index.js') as BeeScripts
