import type { Principal } from '../principal.js'
import type { ApiKeyInfo, NewApiKey, NewKeyWish } from './api-key-store.js'
import { apiKeyText, hashOf, newApiKey } from './api-key.js'
import type { StoredKey } from './key-files.js'

/** A key that was made or revoked elsewhere is seen within this time. Milliseconds. */
export const recheckMs = 1000
/** Uses are written together, this long after the first. Milliseconds. */
export const usageDelayMs = 60_000

/** Who a key stands for. */
export const principalOf = ({ id, name, role }: StoredKey): Principal => ({ id, name, role })

/** What is told of a key; `used` is the instant of its last use. */
export function infoOf(key: StoredKey, used: string | undefined): ApiKeyInfo {
  const createdAt = new Date(key.created)
  return { ...principalOf(key), createdAt, ...(used === undefined ? {} : { lastUsedAt: new Date(used) }) }
}

/** A new key: what is kept of it, and what its owner gets once. */
export function makeKey(
  { name, role }: NewKeyWish,
  now: Date,
): { readonly stored: StoredKey; readonly made: NewApiKey } {
  const parts = newApiKey()
  const stored: StoredKey = { id: parts.id, name, role, hash: hashOf(parts.secret), created: now.toISOString() }
  return { stored, made: { key: apiKeyText(parts), info: infoOf(stored, undefined) } }
}
