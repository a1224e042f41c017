import type { Clock } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { Dialect } from './cli/dialect.js'
import { replayDialect } from './cli/replay-session.js'
import { SimulatedDevice } from './device/simulated-device.js'
import { DialectRegistry } from './dialects/registry.js'
import { simulatorError } from './errors.js'
import type { DeviceSpec } from './spec.js'
import type { ParsedHostKey } from './transport/ssh-server.js'
import { generateHostKey } from './transport/ssh-server.js'

export interface SimulatorOptions {
  readonly devices?: readonly DeviceSpec[]
  /** Time of think times and dead-man timers. @defaultValue the system's */
  readonly clock?: Clock
  /** Dialects of your own; they take precedence for the platforms that they name. */
  readonly dialects?: readonly Dialect[]
}

/** Simulated devices in this process, each listening on its own port. */
export class Simulator implements AsyncDisposable {
  readonly #clock: Clock
  readonly #dialects: DialectRegistry
  readonly #devices = new Map<string, SimulatedDevice>()
  #hostKey: ParsedHostKey | undefined
  #stopping: Promise<void> | undefined

  constructor({ clock = systemClock, dialects = [] }: Omit<SimulatorOptions, 'devices'> = {}) {
    this.#clock = clock
    this.#dialects = new DialectRegistry(dialects)
  }

  /** Platforms that need no recorded session. */
  get platforms(): readonly string[] {
    return this.#dialects.platforms
  }

  /** Every device, in order of addition. */
  get devices(): readonly SimulatedDevice[] {
    return [...this.#devices.values()]
  }

  /** @throws SIMULATED_DEVICE_UNKNOWN */
  device(name: string): SimulatedDevice {
    const device = this.#devices.get(name)
    if (device !== undefined) return device
    throw simulatorError('SIMULATED_DEVICE_UNKNOWN', `The simulator has no device "${name}".`)
  }

  /**
   * Starts one more device.
   * @throws SIMULATED_DEVICE_EXISTS, PLATFORM_NOT_SIMULATED, INVALID_HOST_KEY, SIMULATOR_STOPPED, and Node's error when
   * its port cannot be had
   */
  async add(spec: DeviceSpec): Promise<SimulatedDevice> {
    const { name } = spec
    if (this.#stopping !== undefined) throw simulatorError('SIMULATOR_STOPPED', 'The simulator was stopped.')
    if (this.#devices.has(name)) {
      throw simulatorError('SIMULATED_DEVICE_EXISTS', `The simulator already has a device "${name}".`)
    }
    const device = new SimulatedDevice(spec, {
      clock: this.#clock,
      dialect: spec.replay === undefined ? this.#dialects.get(spec.platform) : replayDialect(spec.replay),
      sharedHostKey: () => (this.#hostKey ??= generateHostKey()),
      onRemoved: () => this.#devices.delete(name),
    })
    this.#devices.set(name, device)
    await device.listen().catch(async (error: unknown) => {
      await device.remove()
      throw error
    })
    return device
  }

  /** Ends every device and waits until each socket is closed. Idempotent. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stopAll())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #stopAll(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.remove()))
  }
}

/**
 * Starts simulated devices. When one cannot start, none stays.
 * @throws as `Simulator.add`
 */
export async function startSimulator({ devices = [], ...options }: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = new Simulator(options)
  const started = await Promise.allSettled(devices.map((spec) => simulator.add(spec)))
  const failed = started.find((one) => one.status === 'rejected')
  if (failed === undefined) return simulator
  await simulator.stop()
  throw failed.reason
}
