import { AuditApi } from './audit-api.js'
import { BulkApi } from './bulk-api.js'
import { CredentialsApi } from './credentials-api.js'
import { DeliveriesApi } from './deliveries-api.js'
import { DeviceApi } from './device-api.js'
import { DevicesApi } from './devices-api.js'
import { HostKeysApi } from './host-keys-api.js'
import { JobsApi } from './jobs-api.js'
import { KeysApi } from './keys-api.js'
import type { Health } from './models.js'
import type { NetPulseClientOptions } from './options.js'
import { settingsOf } from './options.js'
import { StorageApi } from './storage-api.js'
import { SystemApi } from './system-api.js'
import { TasksApi } from './tasks-api.js'
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
  readonly keys: KeysApi
  readonly hostKeys: HostKeysApi
  readonly deliveries: DeliveriesApi
  readonly credentials: CredentialsApi
  readonly system: SystemApi
  readonly audit: AuditApi
  readonly tasks: TasksApi
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
    this.keys = new KeysApi(this.#transport)
    this.hostKeys = new HostKeysApi(this.#transport)
    this.deliveries = new DeliveriesApi(this.#transport)
    this.credentials = new CredentialsApi(this.#transport)
    this.system = new SystemApi(this.#transport)
    this.audit = new AuditApi(this.#transport)
    this.tasks = new TasksApi(this.#transport)
    this.storage = new StorageApi(this.#transport)
  }

  /** Whether the server answers and takes the key. @throws AuthenticationError, ConnectionError, ... */
  async health(options: CallOptions = {}): Promise<Health> {
    return (await this.#transport.send<Health>({ method: 'GET', path: '/health', ...options })).body
  }
}
