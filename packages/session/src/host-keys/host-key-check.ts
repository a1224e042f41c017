import { driverError, hostKeyOf } from '@netpulse/driver-sdk'
import type { DriverServices, HostKey, PinnedHostKey } from '@netpulse/driver-sdk'
import type { Endpoint } from '../tcp/endpoint.js'

/**
 * What to make of a host key: `tofu` pins the first one seen and refuses any other later, `strict` takes pinned keys
 * only, `off` takes any and logs a warning.
 */
export type HostKeyPolicy = 'tofu' | 'strict' | 'off'

export interface HostKeyRule {
  readonly policy: HostKeyPolicy
  /** What the key is pinned to in the store. */
  readonly address: string
}

/**
 * The check of one connection's host key. During the key exchange the key is compared (`refusal`); it is trusted for
 * the first time (`trust`) only after the exchange has proved that the other side owns it, and before any login.
 */
export class HostKeyCheck {
  readonly #endpoint: Endpoint
  readonly #rule: HostKeyRule
  readonly #services: Pick<DriverServices, 'hostKeys' | 'log'>
  #pinned: HostKey | undefined
  #seen: HostKey | undefined

  constructor(endpoint: Endpoint, rule: HostKeyRule, services: Pick<DriverServices, 'hostKeys' | 'log'>) {
    this.#endpoint = endpoint
    this.#rule = rule
    this.#services = services
  }

  /** The key that the device showed; set once the key exchange has got that far. */
  get seen(): HostKey | undefined {
    return this.#seen
  }

  /** Reads the pin; the answer also decides which key type to ask for. */
  async load(): Promise<PinnedHostKey | undefined> {
    if (this.#rule.policy === 'off') return undefined
    const pinned = await this.#services.hostKeys.find(this.#rule.address)
    this.#pinned = pinned
    return pinned
  }

  /** Why the key is refused; `undefined` when it may be used. Called at every key exchange of the connection. */
  refusal(blob: Uint8Array): Error | undefined {
    const key = hostKeyOf(blob)
    // A later exchange must show the key of the first: by then the login has been sent to its owner.
    const expected = this.#seen ?? this.#pinned
    this.#seen ??= key
    if (expected !== undefined)
      return expected.fingerprint === key.fingerprint ? undefined : this.#changed(expected, key)
    return this.#rule.policy === 'strict' ? this.#unknown(key) : undefined
  }

  /**
   * Pins the key where the policy says so.
   * @throws HOST_KEY_CHANGED when another connection pinned another key in the meantime
   */
  async trust(): Promise<void> {
    const { address, policy } = this.#rule
    const key = this.#seen
    if (key === undefined || this.#pinned !== undefined) return
    const about = { ...this.#endpoint.details, address, type: key.type, fingerprint: key.fingerprint }
    if (policy === 'off') {
      this.#services.log.warn(about, 'host key not checked: its policy is off')
      return this.#services.hostKeys.unchecked?.(address, key)
    }
    const pinned = await this.#services.hostKeys.pin(address, key)
    if (pinned.fingerprint !== key.fingerprint) throw this.#changed(pinned, key)
    this.#pinned = pinned
    this.#services.log.info(about, 'host key trusted on first use')
  }

  #changed(expected: HostKey, seen: HostKey): Error {
    return driverError(
      'HOST_KEY_CHANGED',
      `${this.#endpoint.title} shows another host key than the one pinned: ${seen.type} SHA256:${seen.fingerprint}, ` +
        `pinned is ${expected.type} SHA256:${expected.fingerprint}. No password was sent.`,
      { details: { ...this.#about(seen), expectedType: expected.type, expectedFingerprint: expected.fingerprint } },
    )
  }

  #unknown(seen: HostKey): Error {
    return driverError(
      'HOST_KEY_UNKNOWN',
      `${this.#endpoint.title} has no pinned host key and its policy is strict. It shows ` +
        `${seen.type} SHA256:${seen.fingerprint}: pin that key if it is right. No password was sent.`,
      { details: this.#about(seen) },
    )
  }

  #about(seen: HostKey): { seenType: string; seenFingerprint: string; pinAddress: string } {
    return {
      ...this.#endpoint.details,
      pinAddress: this.#rule.address,
      seenType: seen.type,
      seenFingerprint: seen.fingerprint,
    }
  }
}
