import { asDeviceId, asNodeId } from '@netpulse/core'
import type { Logger } from '@netpulse/core'
import type { QueueBackend } from '@netpulse/queue'
import { schedulers } from '@netpulse/scheduler'
import { createMemoryHostKeyStore } from '@netpulse/session'
import type { Engine } from '../../../src/engine.js'
import { settingsOf } from '../../../src/options.js'
import type { EngineSetup } from '../../../src/start-engine.js'
import { startEngine } from '../../../src/start-engine.js'
import { plainSealer } from '../../support/plain-sealer.js'
import { pluginsOf } from '../../support/plugins.js'
import type { DeviceLine } from '../net/device-line.js'
import type { SimDevice } from '../net/sim-device.js'
import { simManifest } from '../net/sim-driver.js'
import type { Wire } from '../net/wire.js'
import type { JobNames } from '../net/wired-backend.js'
import { wiredBackend } from '../net/wired-backend.js'
import { Random } from './random.js'
import { SimProcess } from './sim-process.js'
import type { VirtualClock } from './virtual-clock.js'

export interface MachinesOptions {
  readonly clock: VirtualClock
  readonly backend: QueueBackend
  readonly openBackend: () => Promise<QueueBackend>
  readonly wire: Wire
  readonly names: JobNames
  readonly devices: ReadonlyMap<string, SimDevice>
  readonly seed: number
  readonly workMs: number
  readonly capacity: number
  readonly idleTimeoutSeconds: number
  readonly times: EngineSetup['times']
  readonly decideLostJob: EngineSetup['decideLostJob']
}

/** A process that could not start is started again by its supervisor. */
const supervisorPauseMs = 1_000

/** The processes: each an engine of its own, as `createNetPulse` would wire it. */
export class Machines {
  /** What the engines say about bugs of theirs. */
  readonly bugs: string[] = []
  readonly #options: MachinesOptions
  readonly #random: Random
  readonly #processes = new Map<string, SimProcess>()
  readonly #lives = new Map<string, number>()
  readonly #lines = new Map<SimDevice, DeviceLine[]>()
  readonly #hostKeys = createMemoryHostKeyStore()

  constructor(options: MachinesOptions) {
    this.#options = options
    this.#random = new Random(options.seed + 2)
  }

  get all(): readonly SimProcess[] {
    return [...this.#processes.values()]
  }

  find(base: string): SimProcess | undefined {
    return this.#processes.get(base)
  }

  /** A controller that answers now. */
  controller(random: Random): (SimProcess & { readonly engine: Engine }) | undefined {
    const up = this.all.filter((one) => one.base.startsWith('c') && one.isUp && one.cut === undefined)
    return up.length === 0 ? undefined : (random.pick(up) as SimProcess & { readonly engine: Engine })
  }

  /** Starts a process: the next life of that name. */
  readonly boot = (base: string): void => {
    const { clock, wire } = this.#options
    const life = (this.#lives.get(base) ?? 0) + 1
    this.#lives.set(base, life)
    const process = new SimProcess(base, life, clock)
    this.#processes.set(base, process)
    wire.note(process, 'starts')
    this.#start(process).then(
      (engine) => {
        process.engine = engine
      },
      (error: unknown) => {
        if (process.isDead) return
        wire.note(process, `could not start: ${String((error as { code?: string }).code)}`)
        process.die()
        clock.setTimer(supervisorPauseMs, () => this.boot(base))
      },
    )
  }

  /** Shuts a process down in peace; it is gone when that is done. */
  drain(base: string): void {
    const process = this.#processes.get(base)
    if (process?.isUp !== true) return
    this.#options.wire.note(process, '--- drains')
    process.enter(() => {
      void process.engine!.close().then(() => {
        this.#options.wire.note(process, '--- is gone')
        process.die()
      })
    })
  }

  hangUp(host: string): void {
    const device = this.#options.devices.get(host)
    for (const line of (device && this.#lines.get(device)) ?? []) line.hangUp()
  }

  /** Name of the process that holds a device, as the store says. */
  readonly #holder = async (device: SimDevice): Promise<string | undefined> => {
    const lease = await this.#options.backend.leases.find(asDeviceId(device.host))
    return this.all.find(({ incarnations }) => lease !== undefined && incarnations.has(lease.incarnation))?.name
  }

  async #start(process: SimProcess): Promise<Engine> {
    const { openBackend, wire, names, times, decideLostJob, capacity, idleTimeoutSeconds } = this.#options
    const real = await wire.atStore(openBackend)
    const isNode = process.base.startsWith('n')
    const settings = settingsOf({
      store: 'memory:',
      work: isNode ? 'all' : 'none',
      concurrency: 4,
      capacity,
      idleTimeoutSeconds,
      clock: process.clock,
      logger: this.#loggerOf(process),
    })
    return seeded(this.#random, () =>
      startEngine({
        settings,
        backend: wiredBackend({ real, process, wire, names }),
        plugins: pluginsOf(this.#manifestOf(process)),
        scheduler: schedulers.load_weighted_random,
        sealer: plainSealer,
        hostKeys: this.#hostKeys,
        node: asNodeId(process.base),
        // The store outlives every process.
        durable: true,
        decideLostJob,
        times,
        closeStore: async () => undefined,
      }),
    )
  }

  #manifestOf(process: SimProcess): ReturnType<typeof simManifest> {
    const { wire, workMs, devices } = this.#options
    return simManifest({
      process,
      wire,
      workMs,
      random: this.#random,
      holder: this.#holder,
      device: (host) => devices.get(host)!,
      opened: (line, device) => this.#lines.set(device, [...(this.#lines.get(device) ?? []), line]),
    })
  }

  #loggerOf(process: SimProcess): Logger {
    const note = (fields: { readonly [key: string]: unknown }, message: string): void => {
      if (process.isDead) return
      this.#options.wire.note(process, `# ${message} ${String(fields['code'] ?? '')}`)
      if ('stack' in fields) this.bugs.push(`${process.name}: ${message} ${String(fields['stack'])}`)
    }
    return { debug: () => undefined, info: () => undefined, warn: note, error: note }
  }
}

/** Runs what takes hold of `Math.random`, before its first pause, with numbers of the seed in its place. */
function seeded<Value>({ next }: Random, run: () => Value): Value {
  const real = Math.random
  Math.random = next
  try {
    return run()
  } finally {
    Math.random = real
  }
}
