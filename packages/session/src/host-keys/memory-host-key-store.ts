import type { Clock } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { HostKey, HostKeyStore, PinnedHostKey } from '@netpulse/driver-sdk'

class MemoryHostKeyStore implements HostKeyStore {
  readonly #keys = new Map<string, PinnedHostKey>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async find(address: string): Promise<PinnedHostKey | undefined> {
    return this.#keys.get(address)
  }

  async pin(address: string, key: HostKey): Promise<PinnedHostKey> {
    return this.#keys.get(address) ?? this.replace(address, key)
  }

  async replace(address: string, key: HostKey): Promise<PinnedHostKey> {
    const { type, fingerprint } = key
    const pinned = { address, type, fingerprint, firstSeenAt: this.#clock.now() }
    this.#keys.set(address, pinned)
    return pinned
  }

  async remove(address: string): Promise<boolean> {
    return this.#keys.delete(address)
  }

  async list(): Promise<readonly PinnedHostKey[]> {
    return [...this.#keys.values()]
  }
}

/** Host keys that are forgotten when the process ends: for tests and for `memory:`. */
export function createMemoryHostKeyStore(clock: Clock = systemClock): HostKeyStore {
  return new MemoryHostKeyStore(clock)
}
