import type { JsonObject, JsonValue } from '@netpulse/core'
import { Secret } from '@netpulse/core'
import type { CredentialFields } from '@netpulse/plugin-sdk'
import { providerError } from '@netpulse/plugin-sdk'
import type { VaultAnswer } from './vault-http.js'

const objectAt = (value: JsonValue | undefined): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined

/** Vault's sentences about a failure. Only looked at, never passed on: they are not ours to vouch for. */
const says = ({ body }: VaultAnswer, words: RegExp): boolean => words.test(JSON.stringify(body['errors'] ?? ''))

/**
 * The failure of a call whose status is not one that the caller deals with itself.
 * @see https://developer.hashicorp.com/vault/api-docs#http-status-codes
 */
export function failureOf(answer: VaultAnswer): Error {
  const { status } = answer
  if (status === 503 && says(answer, /sealed/i)) return providerError('CREDENTIAL_SEALED', 'Vault is sealed.')
  if (status >= 300 && status < 400)
    return providerError(
      'CREDENTIAL_UNAVAILABLE',
      `Vault answered with a redirect (${status}), which is not followed: set addr to the active node or a balancer.`,
    )
  if (status === 400 || status === 405)
    return providerError(
      'CREDENTIAL_UNREADABLE',
      `Vault does not take the request (${status}): is the mount KV version 2?`,
    )
  return providerError('CREDENTIAL_UNAVAILABLE', `Vault answered with status ${status}.`)
}

/**
 * The fields of a secret of KV version 2, texts and numbers; what is nested is left out.
 * @throws CREDENTIAL_NOT_FOUND, CREDENTIAL_DELETED, CREDENTIAL_UNREADABLE, and what `failureOf` says
 */
export function fieldsOf(answer: VaultAnswer, place: string): CredentialFields {
  if (answer.status === 404) throw missing(answer, place)
  if (answer.status !== 200) throw failureOf(answer)
  const data = objectAt(objectAt(answer.body['data'])?.['data'])
  if (data === undefined)
    throw providerError('CREDENTIAL_UNREADABLE', `Vault has no secret of KV version 2 at ${place}.`)
  const fields = new Map<string, Secret>()
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'string' || typeof value === 'number') fields.set(name, new Secret(String(value)))
  }
  return fields
}

/** A deleted version is a 404 with its metadata; what never was there is one without. */
function missing(answer: VaultAnswer, place: string): Error {
  const metadata = objectAt(objectAt(answer.body['data'])?.['metadata'])
  if (metadata?.['destroyed'] === true)
    return providerError('CREDENTIAL_DELETED', `This version of ${place} was destroyed in Vault.`)
  if (metadata !== undefined)
    return providerError('CREDENTIAL_DELETED', `This version of ${place} was deleted in Vault.`)
  if (says(answer, /namespace not found/i)) return providerError('CREDENTIAL_NOT_FOUND', 'Vault has no such namespace.')
  if (says(answer, /no handler for route/i))
    return providerError('CREDENTIAL_NOT_FOUND', `Vault has nothing mounted that would serve ${place}.`)
  return providerError('CREDENTIAL_NOT_FOUND', `Vault has nothing at ${place}.`)
}

/** A token as a login, a renewal or a lookup describes it. */
export interface TokenLease {
  /** `Infinity`: it never expires. */
  readonly ttlMs: number
  readonly renewable: boolean
}

/** What `auth` of a login or of a renewal says. @throws CREDENTIAL_UNREADABLE */
export function leaseOfAuth(answer: VaultAnswer): TokenLease & { readonly token: Secret } {
  const auth = objectAt(answer.body['auth'])
  const { client_token: token, lease_duration: seconds, renewable } = auth ?? {}
  if (typeof token !== 'string' || typeof seconds !== 'number')
    throw providerError('CREDENTIAL_UNREADABLE', "Vault's answer to the login has no token.")
  return { token: new Secret(token), ttlMs: seconds === 0 ? Infinity : seconds * 1000, renewable: renewable === true }
}

/** What a lookup of the own token says. */
export function leaseOfLookup(answer: VaultAnswer): TokenLease {
  const { ttl, expire_time: expires, renewable } = objectAt(answer.body['data']) ?? {}
  const ends = typeof ttl === 'number' && expires !== null
  return { ttlMs: ends ? ttl * 1000 : Infinity, renewable: renewable === true }
}
