import type { JobEvent, JobId, JobRecord } from '@netpulse/core'
import { isFinal } from '@netpulse/core'
import type { QueueBackend } from '@netpulse/queue'
import type { EngineSetup } from '../../../src/start-engine.js'
import { SimDevice } from '../net/sim-device.js'
import { Wire } from '../net/wire.js'
import { Clients } from './clients.js'
import { Faults } from './faults.js'
import { Machines } from './machines.js'
import { Random } from './random.js'
import type { Scenario, SimAction } from './scenario.js'
import type { VirtualClock } from './virtual-clock.js'

/** What a simulation is made of; a test breaks a part to see that it is noticed. */
export interface SimulationParts {
  readonly clock: VirtualClock
  /** The store, open, as clients' and operators' eyes see it. */
  readonly backend: QueueBackend
  /** Opens the store for a process. @defaultValue all processes use `backend` */
  readonly openBackend?: () => Promise<QueueBackend>
  readonly times: EngineSetup['times']
  readonly decideLostJob: EngineSetup['decideLostJob']
  /** Resolves when nothing is on its way from the store any more. @defaultValue the store has no ways of its own */
  readonly settleStore?: () => Promise<void>
}

/** Turns of the event loop without anything happening, after which all has come to rest. */
const quietTurns = 2
/** Turns after which something goes round in circles. */
const mostTurns = 100_000
/** Sessions that a device may have: the default of `sessionsPerDevice`. */
const sessionLimit = 1

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Nodes, controllers, devices, clients and one store, under one clock. */
export class Simulation {
  readonly scenario: Scenario
  readonly wire: Wire
  readonly devices: ReadonlyMap<string, SimDevice>
  readonly machines: Machines
  readonly clients: Clients
  readonly faults: Faults
  readonly backend: QueueBackend
  readonly #clock: VirtualClock
  readonly #settleStore: (() => Promise<void>) | undefined

  constructor(scenario: Scenario, parts: SimulationParts) {
    const { seed, latencyMs, workMs } = scenario
    const { clock, backend, times, decideLostJob } = parts
    this.scenario = scenario
    this.backend = backend
    this.#clock = clock
    this.#settleStore = parts.settleStore
    this.devices = new Map(scenario.devices.map(({ host, kind }) => [host, new SimDevice(host, kind, sessionLimit)]))
    this.wire = new Wire({
      clock,
      latencyMs,
      random: new Random(seed),
      atStep: (process, step) => this.faults.atStep(process, step),
    })
    const { wire, devices } = this
    const names = new Map<JobId, string>()
    const openBackend = parts.openBackend ?? (async () => backend)
    const { capacity, idleTimeoutSeconds } = scenario
    const seen = { clock, backend, openBackend, wire, names, devices }
    const settings = { seed, workMs, capacity, idleTimeoutSeconds, times, decideLostJob }
    this.machines = new Machines({ ...seen, ...settings })
    const { machines } = this
    this.clients = new Clients({ clock, wire, machines, random: new Random(seed + 1) })
    this.faults = new Faults(scenario.faults, {
      clock,
      process: (base) => machines.find(base),
      boot: machines.boot,
      note: (process, text) => wire.note(process, text),
    })
  }

  get nowMs(): number {
    return this.#clock.monotonicMs()
  }

  /** Starts every process and plans what clients and faults do. */
  begin(): void {
    const { nodes, controllers, jobs, actions } = this.scenario
    for (let index = 1; index <= nodes; index++) this.machines.boot(`n${index}`)
    for (let index = 1; index <= controllers; index++) this.machines.boot(`c${index}`)
    for (const job of jobs) this.#clock.setTimer(job.atMs, () => this.clients.submit(job))
    for (const action of actions) this.#clock.setTimer(action.atMs, () => this.#act(action))
    this.faults.plan()
  }

  /** Lets time pass, timer by timer, each with all that follows from it. */
  async runUntil(untilMs: number): Promise<void> {
    do await this.#settle()
    while (this.#clock.fireNext(untilMs))
  }

  /** Ends all processes without a word. */
  end(): void {
    for (const process of this.machines.all) process.die()
  }

  async records(): Promise<readonly JobRecord[]> {
    return (await this.backend.jobs.list({}, { limit: 1_000 })).items
  }

  async openJobs(): Promise<readonly JobRecord[]> {
    return (await this.records()).filter(({ status }) => !isFinal(status))
  }

  async hasOpenJobs(): Promise<boolean> {
    const { queued, started } = await this.backend.jobs.counts()
    return queued + started > 0
  }

  /** All events that are stored. */
  async events(): Promise<readonly JobEvent[]> {
    const end = new AbortController()
    const found: JobEvent[] = []
    const reading = (async () => {
      for await (const event of this.backend.jobs.events({ signal: end.signal })) found.push(event)
    })()
    for (let seen = -1; seen < found.length;) {
      seen = found.length
      await nextTurn()
      await this.#settleStore?.()
    }
    end.abort()
    await reading
    return found
  }

  #act(action: SimAction): void {
    if (action.type === 'cancel') this.clients.cancel(action.job)
    if (action.type === 'drain') this.machines.drain(action.process)
    if (action.type === 'hang_up') this.machines.hangUp(action.host)
    if (action.type === 'end_worker') this.clients.endWorker(action.host)
  }

  async #settle(): Promise<void> {
    const { wire } = this
    for (let quiet = 0, turn = 0; quiet < quietTurns; turn++) {
      const before = wire.activity
      await nextTurn()
      if (this.#settleStore !== undefined) await this.#settleStore()
      quiet = wire.activity === before && wire.inFlight === 0 ? quiet + 1 : 0
      if (turn > mostTurns) throw new Error(`The simulation does not come to rest: ${wire.trace.slice(-20).join('\n')}`)
    }
  }
}
