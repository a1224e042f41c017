import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Clock } from '@netpulse/core'
import { storageError } from './errors.js'

/** Keys that all processes of a deployment have: the newest signs, each of them proves. */
export interface LinkKeys {
  readonly keys: readonly { readonly id: string; readonly key: Uint8Array }[]
  /** Id of the one that signs. */
  readonly current: string
}

/** What makes a URL open one file for a while, to whoever has it. */
export interface FileLink {
  /** Seconds since 1970. */
  readonly expires: number
  /** `<key id>.<base64url of HMAC-SHA256>` */
  readonly signature: string
}

/** A key of its own: what seals secrets does nothing else. */
const derived = (key: Uint8Array): Buffer => Buffer.from(hkdfSync('sha256', key, '', 'netpulse storage link', 32))

const invalid = (): Error => storageError('LINK_INVALID', 'The link is not valid for this file.')

/** Makes and proves links to files. Several servers agree, because they have the same keyring. */
export class LinkSigner {
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #current: string
  readonly #clock: Clock

  constructor({ keys, current }: LinkKeys, clock: Clock) {
    this.#keys = new Map(keys.map(({ id, key }) => [id, derived(key)]))
    this.#current = current
    this.#clock = clock
  }

  /** A link that holds until the instant, in whole seconds. */
  sign(fileId: string, until: Date): FileLink {
    const expires = Math.floor(until.getTime() / 1000)
    return { expires, signature: this.#signature(this.#current, fileId, expires) }
  }

  /** @throws LINK_INVALID, LINK_EXPIRED */
  assertValid(fileId: string, { expires, signature }: FileLink): void {
    const id = signature.slice(0, signature.indexOf('.'))
    if (!this.#keys.has(id)) throw invalid()
    const [given, right] = [Buffer.from(signature), Buffer.from(this.#signature(id, fileId, expires))]
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw invalid()
    if (this.#clock.now().getTime() >= expires * 1000)
      throw storageError('LINK_EXPIRED', 'The time of the link is over. Read the job again for a new one.')
  }

  #signature(keyId: string, fileId: string, expires: number): string {
    const key = this.#keys.get(keyId)!
    return `${keyId}.${createHmac('sha256', key).update(`${expires}\n${fileId}`).digest('base64url')}`
  }
}
