import { join } from 'node:path'
import type { ApiKeyStore, Authenticate } from '@netpulse/api'
import { createApiKeyStore, createSharedApiKeyStore, fixedApiKey } from '@netpulse/api'
import type { Config } from '@netpulse/config'
import type { SharedRecords } from '@netpulse/engine'

/** Name of the key that a demonstration makes anew at each start. */
const demoKeyName = 'demo'

/** The API keys of a server. */
export interface ServerKeys {
  readonly authenticate: Authenticate
  readonly store: ApiKeyStore
  /** A key that was made just now: shown once and nowhere kept. */
  readonly newKey: string | undefined
}

type FindRecords = (collection: string) => SharedRecords | undefined

/** File of the API keys of a store; `undefined` for one in memory. */
export const keysFileOf = (store: string): string | undefined =>
  store === 'memory:' ? undefined : join(store, 'keys.json')

/** The keys that all servers of a deployment share. */
export const openSharedKeys = (records: (collection: string) => SharedRecords): ApiKeyStore =>
  createSharedApiKeyStore({ keys: records('api-keys'), usage: records('api-keys-used') })

/** A demonstration's key is new at each start: the one before was shown to nobody who is still there. */
async function renewDemoKey(store: ApiKeyStore): Promise<string> {
  for (const { id, name } of await store.list()) if (name === demoKeyName) await store.revoke(id)
  return (await store.create({ name: demoKeyName, role: 'admin' })).key
}

/** Servers that share their keys may start at once: one of them makes the first. */
async function firstKey(store: ApiKeyStore, records: SharedRecords | undefined): Promise<string | undefined> {
  if ((await store.list()).length > 0) return undefined
  if (records !== undefined && !(await records.add('first-api-key', new Date().toISOString()))) return undefined
  return (await store.create({ name: 'first key', role: 'admin' })).key
}

/**
 * Opens the keys of the store, and makes one when nobody could get in otherwise.
 * @throws API_KEY_WEAK for a configured key, API_KEYS_UNREADABLE
 */
export async function openKeys({ store, demo, server }: Config, find: FindRecords): Promise<ServerKeys> {
  const fixed =
    server.api_key === undefined
      ? undefined
      : fixedApiKey(server.api_key, { id: 'config', name: 'server.api_key', role: 'admin' })
  const deployment = find('deployment')
  const keys =
    deployment === undefined ? await createApiKeyStore(keysFileOf(store)) : openSharedKeys((name) => find(name)!)
  const newKey =
    demo > 0 ? await renewDemoKey(keys) : fixed === undefined ? await firstKey(keys, deployment) : undefined
  return {
    authenticate: async (key) => (await fixed?.(key)) ?? (await keys.authenticate(key)),
    store: keys,
    newKey,
  }
}
