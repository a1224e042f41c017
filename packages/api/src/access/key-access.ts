import { apiError } from '../errors.js'
import type { ApiKeyInfo, NewKeyWish } from '../keys/api-key-store.js'
import type { Principal } from '../principal.js'
import { hasScope, scopesOfPrincipal } from '../principal.js'

type Grants = Pick<NewKeyWish, 'name' | 'role' | 'scopes' | 'devices' | 'policyAllow'>

/**
 * Whether a key may make, rotate or end another: only one that may do no more than itself, so that nobody gets more by
 * the way of a new key.
 * @throws ROLE_TOO_LOW, DEVICE_NOT_ALLOWED
 */
export function assertCovers(principal: Principal, other: Grants): void {
  if (principal.devices !== undefined)
    throw apiError('DEVICE_NOT_ALLOWED', `The API key ${principal.id} is limited to some devices, and manages no keys.`)
  const own = scopesOfPrincipal(principal)
  const more = [...scopesOfPrincipal({ id: '', ...other })].filter((scope) => !own.has(scope))
  if (more.length > 0)
    throw apiError('ROLE_TOO_LOW', `The API key ${principal.id} lacks scopes of the other key: ${more.join(', ')}.`)
  const lifted = (other.policyAllow ?? []).filter((rule) => principal.policyAllow?.includes(rule) !== true)
  if (lifted.length > 0 && !own.has('system:admin'))
    throw apiError('ROLE_TOO_LOW', 'Only a key with the scope system:admin may lift the command policy for another.')
}

const managesKeys = (key: ApiKeyInfo, now: Date): boolean =>
  key.devices === undefined && hasScope(key, 'key:admin') && (key.expiresAt === undefined || key.expiresAt > now)

/** @throws LAST_ADMIN_KEY when nobody could manage keys without this one */
export function assertNotLastAdmin(id: string, keys: readonly ApiKeyInfo[], now: Date): void {
  if (keys.some((key) => key.id !== id && managesKeys(key, now))) return
  throw apiError(
    'LAST_ADMIN_KEY',
    `The API key ${id} is the last one that may manage keys. Make another admin key before you revoke it.`,
  )
}
