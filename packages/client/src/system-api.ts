import { UnavailableError } from './errors.js'
import type { Health, SystemStats } from './models.js'
import type { CallOptions, Transport } from './transport.js'

/** The deployment as a whole, and the server that answers. */
export class SystemApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Workers, jobs and nodes of the whole deployment, counted. */
  async stats(options: CallOptions = {}): Promise<SystemStats> {
    return (await this.#transport.send<SystemStats>({ method: 'GET', path: '/system/stats', ...options })).body
  }

  /** The metrics of the server that answers, in the text format of Prometheus. @throws NotFoundError where it has none */
  metrics(options: CallOptions = {}): Promise<string> {
    return this.#transport.sendForText({ method: 'GET', path: '/metrics', ...options })
  }

  /** Whether the process answers; asks once. @throws ConnectionError when it does not */
  async live(options: CallOptions = {}): Promise<Health> {
    return (await this.#transport.send<Health>({ method: 'GET', path: '/health/live', repeatable: false, ...options }))
      .body
  }

  /** Whether requests can be served now; asks once. @throws ConnectionError when nobody answers */
  async ready(options: CallOptions = {}): Promise<boolean> {
    try {
      await this.#transport.send<Health>({ method: 'GET', path: '/health/ready', repeatable: false, ...options })
      return true
    } catch (error) {
      if (error instanceof UnavailableError) return false
      throw error
    }
  }
}
