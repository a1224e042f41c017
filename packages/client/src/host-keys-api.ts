import type { HostKeyRequest, PinnedHostKey } from './models.js'
import type { CallOptions, Transport } from './transport.js'

const pathOf = (address: string): string => `/host-keys/${encodeURIComponent(address)}`

/** SSH host keys that addresses are trusted with. An address is `host:port` as it is dialled. */
export class HostKeysApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** All of them, by address. */
  async list(options: CallOptions = {}): Promise<readonly PinnedHostKey[]> {
    return (await this.#transport.send<PinnedHostKey[]>({ method: 'GET', path: '/host-keys', ...options })).body
  }

  /**
   * Trusts an address with a key, in the place of the one that it had, if any. May be repeated: it comes to the same. Needs
   * the scope `host-key:admin`. @throws ValidationError
   */
  async pin(address: string, key: HostKeyRequest, options: CallOptions = {}): Promise<PinnedHostKey> {
    const request = { method: 'PUT', path: pathOf(address), body: key, repeatable: true } as const
    return (await this.#transport.send<PinnedHostKey>({ ...request, ...options })).body
  }

  /** The next connection finds no key: see the policy of host keys. Needs the scope `host-key:admin`. @throws NotFoundError */
  async forget(address: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.send({ method: 'DELETE', path: pathOf(address), ...options })
  }
}
