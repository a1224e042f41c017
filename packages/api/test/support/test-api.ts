import { createApiKeyStore, createServer, type CreateServerOptions, type Role } from '@netpulse/api'
import type { Storage } from '@netpulse/storage'
import { InMemoryNetPulse } from './in-memory-netpulse.js'

const roleOfKey: Readonly<Record<string, Role>> = {
  'key-of-viewer': 'viewer',
  'key-of-operator': 'operator',
  'key-of-admin': 'admin',
}

/** The API over the in-memory engine, with one key per role, `key-of-<role>`, and those of a store in memory. */
export async function startTestApi({
  storage,
  ...options
}: Partial<CreateServerOptions> & { readonly storage?: Storage } = {}) {
  const netpulse = new InMemoryNetPulse()
  netpulse.storage = storage
  const keys = await createApiKeyStore(undefined, options.clock === undefined ? {} : { clock: options.clock })
  const app = await createServer({
    netpulse,
    keys,
    authenticate: (key) => {
      const role = Object.hasOwn(roleOfKey, key) ? roleOfKey[key] : undefined
      return role === undefined ? keys.authenticate(key) : { id: `id-of-${role}`, name: role, role }
    },
    ...options,
  })
  const send = (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: method as 'GET',
      url,
      headers: { 'x-api-key': 'key-of-admin', ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    })
  return {
    app,
    netpulse,
    keys,
    get: (url: string) => send('GET', url),
    post: (url: string, body: unknown, headers?: Record<string, string>) => send('POST', url, body, headers),
    delete: (url: string) => send('DELETE', url),
    send,
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await keys.close()
    },
  }
}

/** A body that `POST /device/exec` takes. */
export const showClock = { driver: 'echo', connection_args: { host: '192.0.2.1' }, command: 'show clock' }
