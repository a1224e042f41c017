import { join } from 'node:path'
import type { ApiKeyStore, Authenticate } from '@netpulse/api'
import { createApiKeyStore, fixedApiKey } from '@netpulse/api'
import type { ServerConfig } from './config/config-schema.js'

/** Name of the key that a demonstration makes anew at each start. */
const demoKeyName = 'demo'

/** The API keys of a server. */
export interface ServerKeys {
  readonly authenticate: Authenticate
  readonly store: ApiKeyStore
  /** A key that was made just now: shown once and nowhere kept. */
  readonly newKey: string | undefined
}

/** File of the API keys of a store; `undefined` for one in memory. */
export const keysFileOf = (store: string): string | undefined =>
  store === 'memory:' ? undefined : join(store, 'keys.json')

/** A demonstration's key is new at each start: the one before was shown to nobody who is still there. */
async function renewDemoKey(store: ApiKeyStore): Promise<string> {
  for (const { id, name } of await store.list()) if (name === demoKeyName) await store.revoke(id)
  return (await store.create({ name: demoKeyName, role: 'admin' })).key
}

async function firstKey(store: ApiKeyStore): Promise<string | undefined> {
  if ((await store.list()).length > 0) return undefined
  return (await store.create({ name: 'first key', role: 'admin' })).key
}

/**
 * Opens the keys of the store, and makes one when nobody could get in otherwise.
 * @throws API_KEY_WEAK for a configured key, API_KEYS_UNREADABLE
 */
export async function openKeys({ store, demo, server }: ServerConfig): Promise<ServerKeys> {
  const fixed =
    server.api_key === undefined
      ? undefined
      : fixedApiKey(server.api_key, { id: 'config', name: 'server.api_key', role: 'admin' })
  const keys = await createApiKeyStore(keysFileOf(store))
  const newKey = demo > 0 ? await renewDemoKey(keys) : fixed === undefined ? await firstKey(keys) : undefined
  return {
    authenticate: async (key) => (await fixed?.(key)) ?? (await keys.authenticate(key)),
    store: keys,
    newKey,
  }
}
