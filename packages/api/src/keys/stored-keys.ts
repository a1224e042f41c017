import { apiError } from '../errors.js'
import type { Principal } from '../principal.js'
import type { ApiKeyInfo, NewApiKey, NewKeyWish, RotateOptions } from './api-key-store.js'
import { apiKeyText, hasHash, hashOf, newApiKey } from './api-key.js'
import { assertKeyWish, assertOverlap } from './key-wish.js'
import type { StoredKey } from './key-files.js'

/** A key that was made or revoked elsewhere is seen within this time. Milliseconds. */
export const recheckMs = 1000
/** Uses are written together, this long after the first. Milliseconds. */
export const usageDelayMs = 60_000

export const keyUnknown = (id: string): Error => apiError('API_KEY_UNKNOWN', `No API key has the id ${id}.`)

/** Who a key stands for. */
export const principalOf = ({ id, name, role, scopes, devices, policy_allow: policyAllow }: StoredKey): Principal => ({
  id,
  name,
  role,
  ...(scopes === undefined ? {} : { scopes }),
  ...(devices === undefined ? {} : { devices }),
  ...(policyAllow === undefined ? {} : { policyAllow }),
})

const isPast = (instant: string, now: Date): boolean => Date.parse(instant) <= now.getTime()

/** Whether a key can be used no more. */
const isExpired = ({ expires }: StoredKey, now: Date): boolean => expires !== undefined && isPast(expires, now)

/** Whether the secret is that of the key, or still the one before its rotation. All comparisons are made each time. */
export function isSecretOf(key: StoredKey, secret: string, now: Date): boolean {
  const isCurrent = hasHash(secret, key.hash)
  const isPrevious = hasHash(secret, key.previous?.hash ?? '')
  if (isExpired(key, now)) return false
  return isCurrent || (isPrevious && !isPast(key.previous!.until, now))
}

/** What is told of a key; `used` is the instant of its last use. */
export function infoOf(key: StoredKey, used: string | undefined): ApiKeyInfo {
  const { expires, rotated, previous } = key
  return {
    ...principalOf(key),
    createdAt: new Date(key.created),
    ...(expires === undefined ? {} : { expiresAt: new Date(expires) }),
    ...(rotated === undefined ? {} : { rotatedAt: new Date(rotated) }),
    ...(previous === undefined ? {} : { previousValidUntil: new Date(previous.until) }),
    ...(used === undefined ? {} : { lastUsedAt: new Date(used) }),
  }
}

interface Made {
  readonly stored: StoredKey
  readonly made: NewApiKey
}

/**
 * A new key: what is kept of it, and what its owner gets once.
 * @throws INVALID_INPUT
 */
export function makeKey(wish: NewKeyWish, now: Date): Made {
  assertKeyWish(wish, now)
  const { name, role, expiresAt, scopes, devices, policyAllow } = wish
  const parts = newApiKey()
  const stored: StoredKey = {
    id: parts.id,
    name,
    role,
    hash: hashOf(parts.secret),
    created: now.toISOString(),
    ...(expiresAt === undefined ? {} : { expires: expiresAt.toISOString() }),
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    ...(devices === undefined ? {} : { devices: devices.map((one) => ({ ...one })) }),
    ...(policyAllow === undefined ? {} : { policy_allow: [...policyAllow] }),
  }
  return { stored, made: { key: apiKeyText(parts), info: infoOf(stored, undefined) } }
}

/**
 * The key with a new secret; the one it has now is taken for a while longer. Of three, the oldest ends at once.
 * @throws INVALID_INPUT
 */
export function rotateKey(key: StoredKey, { overlapSeconds }: RotateOptions, now: Date): Made {
  assertOverlap(overlapSeconds)
  const { secret } = newApiKey()
  const { previous: _ended, ...rest } = key
  const until = new Date(now.getTime() + overlapSeconds * 1000).toISOString()
  const stored: StoredKey = {
    ...rest,
    hash: hashOf(secret),
    rotated: now.toISOString(),
    ...(overlapSeconds === 0 ? {} : { previous: { hash: key.hash, until } }),
  }
  return { stored, made: { key: apiKeyText({ id: key.id, secret }), info: infoOf(stored, undefined) } }
}
