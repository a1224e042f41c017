import { createHash } from 'node:crypto'

/** SHA-256 of a public key blob, base64 without padding, as `ssh-keygen -l` prints it. */
export const fingerprintOf = (blob: Uint8Array): string =>
  createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
