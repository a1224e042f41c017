import type { Worker, WorkerFilter } from './models.js'
import type { CallOptions, Transport } from './transport.js'

/** Lists and ends workers. */
export class WorkersApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** All workers that fit. */
  async list(filter: WorkerFilter = {}, options: CallOptions = {}): Promise<readonly Worker[]> {
    return (await this.#transport.send<Worker[]>({ method: 'GET', path: '/workers', query: filter, ...options })).body
  }

  /** Ends one worker; what it runs may end first. Needs the role `admin`. @throws NotFoundError */
  async end(name: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.send({ method: 'DELETE', path: `/workers/${encodeURIComponent(name)}`, ...options })
  }

  /** Ends all workers that fit; without a filter none. Their names. Needs the role `admin`. */
  async endMany(filter: WorkerFilter, options: CallOptions = {}): Promise<readonly string[]> {
    return (await this.#transport.send<string[]>({ method: 'DELETE', path: '/workers', query: filter, ...options }))
      .body
  }
}
