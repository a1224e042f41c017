import type { HostKey } from '@netpulse/driver-sdk'
import { hostKeyOf } from '@netpulse/driver-sdk'
import type { HostKeyRequest } from './schemas/host-key-schemas.js'
import { invalid } from './validation.js'

/** As `ssh-keygen -l` prints it. */
export const fingerprintPrefix = 'SHA256:'

/** The key of a request. @throws INVALID_INPUT */
export function hostKeyIn({ public_key, type, fingerprint }: HostKeyRequest): HostKey {
  if (public_key !== undefined) {
    if (type !== undefined || fingerprint !== undefined)
      throw invalid('public_key', 'says type and fingerprint already; leave those out')
    return keyOfLine(public_key)
  }
  if (type === undefined || fingerprint === undefined)
    throw invalid(type === undefined ? 'type' : 'fingerprint', 'is needed, unless `public_key` is given')
  return { type, fingerprint: fingerprint.slice(fingerprintPrefix.length) }
}

/** @see sshd(8), AUTHORIZED_KEYS FILE FORMAT */
function keyOfLine(line: string): HostKey {
  const [type, base64 = ''] = line.trim().split(/\s+/)
  const blob = Buffer.from(base64, 'base64')
  const isWhole = blob.length >= 8 && blob.readUInt32BE(0) <= blob.length - 4
  const key = isWhole ? hostKeyOf(blob) : undefined
  if (key?.type !== type || blob.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, ''))
    throw invalid('public_key', 'must be a public key: its type, its base64, perhaps a comment')
  return key!
}
