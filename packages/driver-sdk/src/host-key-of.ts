import { createHash } from 'node:crypto'
import type { HostKey } from './host-keys.js'

/** The host key in a public key blob as SSH sends it (RFC 4253 section 6.6): a length, the type's name, the key. */
export function hostKeyOf(blob: Uint8Array): HostKey {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
  return {
    type: bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0)),
    fingerprint: createHash('sha256').update(bytes).digest('base64').replace(/=+$/, ''),
  }
}
