import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A key as text: `np_<id>_<secret>`. The id is public and names the key in logs, jobs and lists. */
export interface ApiKeyParts {
  readonly id: string
  readonly secret: string
}

const keyPattern = /^np_([a-z0-9]{8})_([A-Za-z0-9_-]{43})$/

/** `undefined` when the text has not the form of a key. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, id, secret] = keyPattern.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz012345'

/** A new key: 40 random bits of id and 256 of secret. */
export function newApiKey(): ApiKeyParts {
  const id = Array.from(randomBytes(8), (byte) => alphabet[byte % alphabet.length]).join('')
  return { id, secret: randomBytes(32).toString('base64url') }
}

export const apiKeyText = ({ id, secret }: ApiKeyParts): string => `np_${id}_${secret}`

/** What is stored of a key. A fast hash is right here: the secret has 256 random bits, nobody can guess along a list. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/** Compares in the same time wherever the difference is. */
export function hasHash(secret: string, hash: string): boolean {
  const actual = Buffer.from(hashOf(secret), 'base64url')
  const expected = Buffer.from(hash, 'base64url')
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}
