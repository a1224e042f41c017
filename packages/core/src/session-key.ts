import { createHmac } from 'node:crypto'
import type { DeviceId, SessionKey } from './ids.js'
import { asSessionKey } from './ids.js'
import type { JsonObject } from './json.js'
import { canonicalJson } from './json.js'

/** Everything that decides whether a session may serve a job. */
export interface SessionKeyParts {
  readonly device: DeviceId
  readonly driver: string
  /** Login name; empty where the driver has none. */
  readonly user: string
  /** Every connection option, secrets included, after defaults were filled in. */
  readonly connection: JsonObject
}

/**
 * Names the session that a job needs. Two jobs share a session only when device, driver, user and every connection
 * option, credentials included, are equal. The fingerprint is keyed, so that a key tells nothing about a password.
 */
export function sessionKeyOf(parts: SessionKeyParts, fingerprintKey: Uint8Array): SessionKey {
  const hmac = createHmac('sha256', fingerprintKey)
  hmac.update(canonicalJson({ driver: parts.driver, user: parts.user, connection: parts.connection }))
  return asSessionKey(`${parts.device}|${parts.driver}|${parts.user}|${hmac.digest('base64url')}`)
}
