import { createHash } from 'node:crypto'
import type { Clock } from '@netpulse/core'
import { TokenBuckets } from '@netpulse/core'
import { rateLimited } from './rate-limited.js'

/** Keys that were right a short while ago and are remembered, as hashes. */
const mostKnown = 1000

const digest = (key: string): string => createHash('sha256').update(key).digest('base64url')

/**
 * Slows down addresses from which wrong keys come; a request without a key is no guess. Past the limit their keys are not
 * looked at. Keys that this process has found right are, so that one guesser behind a shared address does not lock out
 * those who work there.
 */
export class AddressLimit {
  readonly #buckets: TokenBuckets | undefined
  readonly #clock: Clock
  readonly #known = new Set<string>()

  /** @param perMinute wrong keys that an address may send; 0: any number */
  constructor(perMinute: number, clock: Clock) {
    this.#buckets = perMinute === 0 ? undefined : new TokenBuckets({ perSecond: perMinute / 60, burst: perMinute })
    this.#clock = clock
  }

  /** @throws RATE_LIMITED */
  assertMayTry(address: string, key: string): void {
    const { waitSeconds = 0 } = this.#buckets?.look(address, this.#clock.monotonicMs()) ?? {}
    if (waitSeconds === 0 || this.#known.has(digest(key))) return
    throw rateLimited('Too many requests with a wrong API key came from this address.', waitSeconds)
  }

  noteFailure(address: string, key: string): void {
    if (this.#known.size > 0) this.#known.delete(digest(key))
    this.#buckets?.take(address, this.#clock.monotonicMs())
  }

  noteSuccess(key: string): void {
    if (this.#buckets === undefined) return
    const hash = digest(key)
    if (this.#known.has(hash)) return
    this.#known.add(hash)
    if (this.#known.size > mostKnown) this.#known.delete(this.#known.values().next().value!)
  }
}
