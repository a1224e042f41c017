/** bee-queue's scripts; not part of its public face, but the only way to load them again. */
declare module 'bee-queue/lib/lua/index.js' {
  import type { Redis } from 'ioredis'
  const lua: {
    /** Loads the scripts that the server does not know. */
    buildCache(client: Redis): Promise<unknown>
  }
  export = lua
}
