import type { ApiKeyInfo } from '../keys/api-key-store.js'
import { scopesOfPrincipal } from '../principal.js'
import type { ApiKeyInResponse } from '../schemas/key-schemas.js'
import type { FormatTimestamp } from './timestamps.js'

/** An API key with the wire's field names. */
export function keyOnWire(key: ApiKeyInfo, format: FormatTimestamp, now: Date): ApiKeyInResponse {
  const moment = (instant: Date | undefined): string | null => (instant === undefined ? null : format(instant))
  const { expiresAt, previousValidUntil } = key
  const hasOverlap = previousValidUntil !== undefined && previousValidUntil > now
  return {
    id: key.id,
    name: key.name,
    role: key.role,
    scopes: [...scopesOfPrincipal(key)],
    devices: key.devices?.map((selector) => ({ ...selector })) ?? null,
    policy_allow: [...(key.policyAllow ?? [])],
    status: expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active',
    created_at: format(key.createdAt),
    expires_at: moment(expiresAt),
    rotated_at: moment(key.rotatedAt),
    previous_valid_until: hasOverlap ? format(previousValidUntil) : null,
    last_used_at: moment(key.lastUsedAt),
  }
}
