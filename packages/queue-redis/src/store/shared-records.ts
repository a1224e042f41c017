import type { Connections } from '../connection/connections.js'
import { storeError } from '../connection/store-error.js'

/** Small texts by name that all processes of a deployment share: host keys, API keys. */
export interface SharedRecords {
  get(name: string): Promise<string | undefined>
  entries(): Promise<ReadonlyMap<string, string>>
  set(name: string, value: string): Promise<void>
  /** `false`: there was one already, and nothing changed. */
  add(name: string, value: string): Promise<boolean>
  /** `false`: there was none. */
  delete(name: string): Promise<boolean>
}

/** Records in one hash. */
export function sharedRecords({ commands, prefix }: Connections, collection: string): SharedRecords {
  const key = `${prefix}rec:${collection}`
  const ask = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    try {
      return await answer
    } catch (error) {
      throw storeError(error)
    }
  }
  return {
    get: async (name) => (await ask(commands.hget(key, name))) ?? undefined,
    entries: async () => new Map(Object.entries(await ask(commands.hgetall(key)))),
    set: async (name, value) => void (await ask(commands.hset(key, name, value))),
    add: async (name, value) => (await ask(commands.hsetnx(key, name, value))) === 1,
    delete: async (name) => (await ask(commands.hdel(key, name))) === 1,
  }
}
