import { BulkApi } from './bulk-api.js'
import { DeviceApi } from './device-api.js'
import { DevicesApi } from './devices-api.js'
import { JobsApi } from './jobs-api.js'
import type { Health } from './models.js'
import type { NetPulseClientOptions } from './options.js'
import { settingsOf } from './options.js'
import { StorageApi } from './storage-api.js'
import type { CallOptions } from './transport.js'
import { Transport } from './transport.js'
import { WorkersApi } from './workers-api.js'

/**
 * The HTTP API of a NetPulse server. Holds no connection of its own: there is nothing to close.
 *
 * Requests that may be repeated are repeated when the server is not there or asks to come back: reads, and those that make
 * jobs, each under an idempotency key of its own.
 */
export class NetPulseClient {
  readonly jobs: JobsApi
  readonly device: DeviceApi
  readonly bulk: BulkApi
  readonly workers: WorkersApi
  readonly devices: DevicesApi
  readonly storage: StorageApi
  readonly #transport: Transport

  /** @throws TypeError for an option that is not allowed */
  constructor(options: NetPulseClientOptions) {
    this.#transport = new Transport(settingsOf(options))
    this.jobs = new JobsApi(this.#transport)
    this.device = new DeviceApi(this.#transport, this.jobs)
    this.bulk = new BulkApi(this.device, this.jobs)
    this.workers = new WorkersApi(this.#transport)
    this.devices = new DevicesApi(this.#transport)
    this.storage = new StorageApi(this.#transport)
  }

  /** Whether the server answers and takes the key. @throws AuthenticationError, ConnectionError, ... */
  async health(options: CallOptions = {}): Promise<Health> {
    return (await this.#transport.send<Health>({ method: 'GET', path: '/health', ...options })).body
  }
}
