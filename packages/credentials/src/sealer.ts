import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { credentialError } from './errors.js'

/** A key of 32 bytes with the name that sealed values carry. */
export interface SealKey {
  /** Letters, digits, `-` and `_`. */
  readonly id: string
  readonly key: Uint8Array
}

/** Keys that open, and the one that seals. To rotate, add a key, make it current, and drop the old one when nothing is left. */
export interface Keyring {
  readonly keys: readonly SealKey[]
  readonly current: string
}

/**
 * Hides secrets before they enter a queue, a store or a log. AES-256-GCM with the context as additional data: a value
 * that was moved to another job or device does not open. Envelope: `np1.<key id>.<base64url of nonce, tag, ciphertext>`.
 */
export interface Sealer {
  seal(plain: string, context: string): string
  /** @throws SEAL_KEY_UNKNOWN, SEAL_BROKEN */
  open(sealed: string, context: string): string
  /** Tells equal texts from others without saying anything about them: `<key id>.<base64url of HMAC-SHA256>`. */
  fingerprint(text: string): string
  /** @throws SEAL_KEY_UNKNOWN when the key that made it is gone */
  isFingerprintOf(fingerprint: string, text: string): boolean
}

const version = 'np1'
const nonceBytes = 12
const tagBytes = 16
const noncesPerDraw = 256

/** @throws SEAL_KEY_UNKNOWN when the keyring lacks its current key */
export function createSealer(keyring: Keyring): Sealer {
  const keys = new Map(keyring.keys.map(({ id, key }) => [id, key]))
  const keyOf = (id: string): Uint8Array => {
    const key = keys.get(id)
    if (key === undefined) throw credentialError('SEAL_KEY_UNKNOWN', `The keyring has no key "${id}".`)
    return key
  }
  const current = keyOf(keyring.current)
  const nonces = new NoncePool()
  const fingerprintBy = (id: string, text: string): string => `${id}.${macOf(keyOf(id), text)}`
  return {
    seal: (plain, context) =>
      `${version}.${keyring.current}.${encrypt({ key: current, nonce: nonces.next() }, plain, context)}`,
    open(sealed, context) {
      const [head, id, body, ...more] = sealed.split('.')
      if (head !== version || id === undefined || body === undefined || more.length > 0) throw broken()
      return decrypt(keyOf(id), body, context)
    },
    fingerprint: (text) => fingerprintBy(keyring.current, text),
    isFingerprintOf(fingerprint, text) {
      const [id = ''] = fingerprint.split('.')
      const [given, right] = [fingerprint, fingerprintBy(id, text)].map((one) => Buffer.from(one)) as [Buffer, Buffer]
      return given.length === right.length && timingSafeEqual(given, right)
    },
  }
}

/** A key of its own: what seals does nothing else. */
const macOf = (key: Uint8Array, text: string): string =>
  createHmac('sha256', Buffer.from(hkdfSync('sha256', key, '', 'netpulse fingerprint', 32)))
    .update(text)
    .digest('base64url')

const broken = (cause?: unknown): Error =>
  credentialError('SEAL_BROKEN', 'A sealed value does not open: changed, cut off, or sealed for another job.', {
    cause,
  })

/** Random nonces, drawn many at a time: one draw costs as much as sealing a short text. */
class NoncePool {
  #pool = randomBytes(0)
  #used = 0

  next(): Buffer {
    if (this.#used === this.#pool.length) {
      this.#pool = randomBytes(nonceBytes * noncesPerDraw)
      this.#used = 0
    }
    const nonce = this.#pool.subarray(this.#used, this.#used + nonceBytes)
    this.#used += nonceBytes
    return nonce
  }
}

function encrypt({ key, nonce }: { key: Uint8Array; nonce: Buffer }, plain: string, context: string): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')
}

function decrypt(key: Uint8Array, body: string, context: string): string {
  const bytes = Buffer.from(body, 'base64url')
  if (bytes.length < nonceBytes + tagBytes) throw broken()
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw broken(cause)
  }
}
