import type { HeldDevice, ReleasedDevice } from './models.js'
import type { CallOptions, Transport } from './transport.js'

/** Devices whose changes wait, because nobody knows what an earlier one left behind. */
export class DevicesApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The held devices. */
  async holds(options: CallOptions = {}): Promise<readonly HeldDevice[]> {
    return (await this.#transport.send<HeldDevice[]>({ method: 'GET', path: '/devices/holds', ...options })).body
  }

  /** Lets the changes of a device run: somebody looked, and it is as expected. @throws NotFoundError */
  async releaseHold(device: string, options: CallOptions = {}): Promise<ReleasedDevice> {
    const path = `/devices/${encodeURIComponent(device)}/hold`
    return (await this.#transport.send<ReleasedDevice>({ method: 'DELETE', path, ...options })).body
  }
}
