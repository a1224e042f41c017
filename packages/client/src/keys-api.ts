import type { ApiKey, NewApiKey, NewKeyRequest, RevokedKey } from './models.js'
import type { CallOptions, Transport } from './transport.js'

/** How to rotate a key. */
export interface RotateOptions extends CallOptions {
  /** How long the secret before is taken too. Seconds, 0 to 30 days. @defaultValue 0 */
  readonly overlapSeconds?: number
}

const pathOf = (id: string): string => `/keys/${encodeURIComponent(id)}`

/** Makes, lists, rotates and ends API keys. Needs the scope `key:admin`. */
export class KeysApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The answer has the key itself; no later one does. Never repeated. @throws AuthenticationError, ValidationError */
  async create(request: NewKeyRequest, options: CallOptions = {}): Promise<NewApiKey> {
    return (await this.#transport.send<NewApiKey>({ method: 'POST', path: '/keys', body: request, ...options })).body
  }

  /** All keys in the order of their making, without their secrets. */
  async list(options: CallOptions = {}): Promise<readonly ApiKey[]> {
    return (await this.#transport.send<ApiKey[]>({ method: 'GET', path: '/keys', ...options })).body
  }

  /** @throws NotFoundError */
  async get(id: string, options: CallOptions = {}): Promise<ApiKey> {
    return (await this.#transport.send<ApiKey>({ method: 'GET', path: pathOf(id), ...options })).body
  }

  /** Gives a key a new secret under the same id. Never repeated: each rotation ends a secret. @throws NotFoundError */
  async rotate(id: string, { overlapSeconds, ...options }: RotateOptions = {}): Promise<NewApiKey> {
    const body = overlapSeconds === undefined ? {} : { overlap_seconds: overlapSeconds }
    const path = `${pathOf(id)}/rotate`
    return (await this.#transport.send<NewApiKey>({ method: 'POST', path, body, ...options })).body
  }

  /** Ends a key. @throws NotFoundError; ConflictError for the last key that may manage keys */
  async revoke(id: string, options: CallOptions = {}): Promise<RevokedKey> {
    return (await this.#transport.send<RevokedKey>({ method: 'DELETE', path: pathOf(id), ...options })).body
  }
}
