import type { Connections } from '../connection/connections.js'
import { storeError } from '../connection/store-error.js'

/** Small texts by name that all processes of a deployment share: host keys, API keys. */
export interface SharedRecords {
  get(name: string): Promise<string | undefined>
  entries(): Promise<ReadonlyMap<string, string>>
  set(name: string, value: string): Promise<void>
  /** `false`: there was one already, and nothing changed. */
  add(name: string, value: string): Promise<boolean>
  /** Changes the record only as long as it says `before`. `false`: it says something else, or is gone. */
  replace(name: string, before: string, value: string): Promise<boolean>
  /** `false`: there was none. */
  delete(name: string): Promise<boolean>
}

const replaceScript = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1`

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
    replace: async (name, before, value) =>
      (await ask(commands.eval(replaceScript, 1, key, name, before, value))) === 1,
    delete: async (name) => (await ask(commands.hdel(key, name))) === 1,
  }
}
