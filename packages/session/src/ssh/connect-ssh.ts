import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { driverError } from '@netpulse/driver-sdk'
import type { DriverServices, PinnedHostKey } from '@netpulse/driver-sdk'
import { HostKeyCheck } from '../host-keys/host-key-check.js'
import { Opening } from '../opening.js'
import { dial } from '../tcp/dial.js'
import { timeoutError } from '../timeout-error.js'
import { forwardingTo } from './forward.js'
import { privateKeyOf } from './private-key.js'
import type { SshPrivateKey } from './private-key.js'
import { SshChain } from './ssh-chain.js'
import type { SshConnection } from './ssh-connection.js'
import { SshHop } from './ssh-hop.js'
import { hopPlansOf, jumpPlansOf } from './ssh-hop-plan.js'
import type { SshHopPlan } from './ssh-hop-plan.js'
import type { SshEndpoint, SshTarget } from './ssh-target.js'

/** What the SSH transport needs of its surroundings. */
export type SshServices = Pick<DriverServices, 'clock' | 'hostKeys' | 'log'>

/** Builds a connection hop by hop; what fails anywhere ends the whole. */
class ChainBuilder {
  readonly #services: SshServices
  readonly #opening: Opening
  readonly #hops: SshHop[] = []
  #socket: Socket | undefined
  #chain: SshChain | undefined

  constructor(services: SshServices, opening: Opening) {
    this.#services = services
    this.#opening = opening
  }

  async build(plans: readonly SshHopPlan[]): Promise<SshChain> {
    // Opened first: a key that cannot be used is found before anything is dialled.
    const keys = plans.map(({ endpoint, login }) => privateKeyOf(endpoint, login))
    for (const [index, plan] of plans.entries()) await this.#addHop(plan, keys[index])
    this.#chain = new SshChain(this.#hops, this.#socket!, this.#services.clock)
    return this.#chain
  }

  /** Drops everything at once: for a failed opening. */
  destroy(): void {
    this.#socket?.destroy()
  }

  async #addHop(plan: SshHopPlan, key: SshPrivateKey | undefined): Promise<void> {
    const check = new HostKeyCheck(plan.endpoint, plan.hostKey, this.#services)
    const pinned = await this.#pinned(plan, check)
    const socket = await this.#reach(plan)
    await this.#logIn(plan, (listener) => new SshHop({ plan, check, pinned, key }, socket, listener))
  }

  #pinned({ endpoint, connectTimeoutMs }: SshHopPlan, check: HostKeyCheck): Promise<PinnedHostKey | undefined> {
    const timedOut = (): Error =>
      driverError('CONNECT_TIMEOUT', `${endpoint.title}: the host key store did not answer in time.`, {
        details: { ...endpoint.details, timeout: 'conn_timeout', timeoutMs: connectTimeoutMs },
      })
    return this.#opening.settled({ timeoutMs: connectTimeoutMs, timedOut }, check.load())
  }

  /** The first hop by TCP, every other one through the hop before it. */
  async #reach(plan: SshHopPlan): Promise<Duplex> {
    const before = this.#hops.at(-1)
    if (before !== undefined) return this.#forward(before, plan)
    this.#socket = await dial(plan.endpoint, plan.connectTimeoutMs, this.#opening)
    return this.#socket
  }

  #forward(before: SshHop, { endpoint, connectTimeoutMs }: SshHopPlan): Promise<Duplex> {
    const { limit, start, refused } = forwardingTo(endpoint, before, connectTimeoutMs)
    return this.#opening.wait<Duplex>(limit, (resolve) => {
      start((error, channel) => (error === undefined ? resolve(channel) : this.#opening.fail(refused(error))))
    })
  }

  async #logIn(plan: SshHopPlan, start: (listener: ConstructorParameters<typeof SshHop>[2]) => SshHop): Promise<void> {
    const { endpoint, bannerTimeoutMs, authTimeoutMs } = plan
    const opening = this.#opening
    let ready = false
    let onReady = (): void => undefined
    const noBanner = (): Error =>
      timeoutError(endpoint, 'complete the SSH handshake', 'banner_timeout', bannerTimeoutMs)
    const noAnswer = (): Error => timeoutError(endpoint, 'answer the login', 'auth_timeout', authTimeoutMs)
    await opening.wait<void>({ timeoutMs: bannerTimeoutMs, timedOut: noBanner }, (resolve) => {
      const hop = start({
        onHandshake: resolve,
        onReady: () => {
          ready = true
          onReady()
        },
        onFailure: (error) => this.#onFailure(error),
      })
      this.#hops.push(hop)
    })
    await opening.wait<void>({ timeoutMs: authTimeoutMs, timedOut: noAnswer }, (resolve) => {
      if (ready) resolve()
      else onReady = resolve
    })
  }

  #onFailure(error: Error): void {
    if (this.#chain === undefined) this.#opening.fail(error)
    else this.#chain.lose(error)
  }
}

/**
 * Connects and logs in to a device, through its jump hosts. On a throw no socket is left open. `signal` ends the
 * opening only; afterwards the connection lives until `close` or until it is lost.
 * @throws CONNECT_FAILED, CONNECT_TIMEOUT, AUTH_FAILED, HOST_KEY_CHANGED, HOST_KEY_UNKNOWN, ALGORITHM_MISMATCH,
 * ABORTED; INVALID_INPUT for an unusable private key or an unknown algorithm. Each names the hop in `details`.
 */
export const connectSsh = (target: SshTarget, services: SshServices, signal: AbortSignal): Promise<SshConnection> =>
  connectHops(hopPlansOf(target), services, signal)

/**
 * Connects and logs in to jump hosts, one through the other. The connection is that of the last one.
 * @throws as `connectSsh`
 */
export const connectJumpHosts = (
  jumpHosts: readonly [SshEndpoint, ...SshEndpoint[]],
  services: SshServices,
  signal: AbortSignal,
): Promise<SshChain> => connectHops(jumpPlansOf(jumpHosts), services, signal)

async function connectHops(
  plans: readonly SshHopPlan[],
  services: SshServices,
  signal: AbortSignal,
): Promise<SshChain> {
  const opening = new Opening(services.clock, signal, `Connecting to ${plans.at(-1)!.endpoint.address}`)
  const builder = new ChainBuilder(services, opening)
  try {
    return await builder.build(plans)
  } catch (error) {
    builder.destroy()
    throw error
  } finally {
    opening.end()
  }
}
