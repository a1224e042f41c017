import type { HeldDevice, LoginPause, ReleasedDevice } from './models.js'
import type { CallOptions, Transport } from './transport.js'

/** Devices that something is wrong with: their changes wait, or nobody logs in. */
export class DevicesApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The devices whose changes wait, because nobody knows what an earlier one left behind. */
  async holds(options: CallOptions = {}): Promise<readonly HeldDevice[]> {
    return (await this.#transport.send<HeldDevice[]>({ method: 'GET', path: '/devices/holds', ...options })).body
  }

  /** Lets the changes of a device run: somebody looked, and it is as expected. @throws NotFoundError */
  async releaseHold(device: string, options: CallOptions = {}): Promise<ReleasedDevice> {
    const path = `/devices/${encodeURIComponent(device)}/hold`
    return (await this.#transport.send<ReleasedDevice>({ method: 'DELETE', path, ...options })).body
  }

  /** Devices that are left alone and credentials that are not used for a while, because too many logins failed. */
  async loginPauses(options: CallOptions = {}): Promise<readonly LoginPause[]> {
    return (await this.#transport.send<LoginPause[]>({ method: 'GET', path: '/logins/pauses', ...options })).body
  }

  /** Lets the next login be tried: its cause is gone. @throws NotFoundError */
  async endLoginPause(id: string, options: CallOptions = {}): Promise<LoginPause> {
    const path = `/logins/pauses/${encodeURIComponent(id)}`
    return (await this.#transport.send<LoginPause>({ method: 'DELETE', path, ...options })).body
  }
}
