import { createHmac } from 'node:crypto'
import type { Secret } from '@netpulse/core'
import { coreError } from '@netpulse/core'

/** Signs messages. @see https://www.standardwebhooks.com, specification 1.0.0 */
export interface Signer {
  /** Headers for one attempt: id and time always, a signature for each secret. */
  headers(id: string, at: Date, body: string): Readonly<Record<string, string>>
}

const prefix = 'whsec_'
const shortestBytes = 24
const longestBytes = 64

/** The key in a secret. @throws INVALID_INPUT: the specification wants 24 to 64 bytes in base64 after `whsec_` */
function keyOf(secret: Secret): Buffer {
  const text = secret.reveal()
  const encoded = text.startsWith(prefix) ? text.slice(prefix.length) : ''
  const key = Buffer.from(encoded, 'base64')
  if (key.toString('base64') !== encoded || key.length < shortestBytes || key.length > longestBytes)
    throw coreError(
      'INVALID_INPUT',
      'A webhook secret is whsec_ and 24 to 64 random bytes in base64: make one with `echo "whsec_$(openssl rand -base64 32)"`.',
    )
  return key
}

/**
 * A signer for the operator's secrets: the present one, and for the time of a change the one before. Without any, nothing
 * is signed, and receivers cannot tell who sent a message.
 * @throws INVALID_INPUT
 */
export function createSigner(secrets: readonly Secret[]): Signer {
  const keys = secrets.map(keyOf)
  return {
    headers(id, at, body) {
      const seconds = String(Math.floor(at.getTime() / 1000))
      const signed = `${id}.${seconds}.${body}`
      const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
      return {
        'webhook-id': id,
        'webhook-timestamp': seconds,
        ...(signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
      }
    },
  }
}
