import type { Clock } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { HostKey, HostKeyStore, PinnedHostKey } from '@netpulse/driver-sdk'
import { HostKeyFile } from './host-key-file.js'

class FileHostKeyStore implements HostKeyStore {
  readonly #file: HostKeyFile
  readonly #clock: Clock
  /** The end of the last change: changes run one after the other, each on what the one before wrote. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(path: string, clock: Clock) {
    this.#file = new HostKeyFile(path)
    this.#clock = clock
  }

  async find(address: string): Promise<PinnedHostKey | undefined> {
    return this.#inTurn(async () => (await this.#file.read()).get(address))
  }

  async pin(address: string, key: HostKey): Promise<PinnedHostKey> {
    return this.#inTurn(async () => (await this.#file.read()).get(address) ?? this.#store(address, key))
  }

  async replace(address: string, key: HostKey): Promise<PinnedHostKey> {
    return this.#inTurn(() => this.#store(address, key))
  }

  async remove(address: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const keys = new Map(await this.#file.read())
      const found = keys.delete(address)
      if (found) await this.#file.write(keys)
      return found
    })
  }

  async list(): Promise<readonly PinnedHostKey[]> {
    return this.#inTurn(async () => [...(await this.#file.read()).values()])
  }

  async #store(address: string, { type, fingerprint }: HostKey): Promise<PinnedHostKey> {
    const keys = await this.#file.read()
    const pinned = { address, type, fingerprint, firstSeenAt: this.#clock.now() }
    await this.#file.write(new Map(keys).set(address, pinned))
    return pinned
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

/**
 * Host keys in a JSON file (mode 0600) that survives restarts. One process owns the file: pins of one process are one
 * step, those of several processes are not. Edits by hand are seen at the next use. A file that cannot be read fails
 * every call with HOST_KEY_STORE_INVALID and is left as it is.
 */
export function createFileHostKeyStore(path: string, clock: Clock = systemClock): HostKeyStore {
  return new FileHostKeyStore(path, clock)
}
