import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Config } from '@netpulse/config'
import type { CancelTimer, Clock, Logger } from '@netpulse/core'
import { NetPulseError, within } from '@netpulse/core'
import type { MetricsSnapshot } from '@netpulse/metrics'
import { BackOff } from './back-off.js'
import type { Assignment, Order, Report } from './messages.js'

/** Says to the program that it is a node process. */
export const nodeWord = 'node-process'

/** A state that is older is none: the process does nothing any more. */
const freshMs = 5_000
/** A process that is too busy to tell its metrics is left out. */
const measureTimeoutMs = 2_000

export interface SupervisedOptions {
  readonly config: Config
  readonly assignment: Assignment
  readonly clock: Clock
  readonly logger: Logger
}

/** How a process stands. */
export interface ProcessState {
  readonly index: number
  readonly pid: number | undefined
  /** Its node is registered and its last heartbeat is young. */
  readonly ready: boolean
}

/**
 * One node process that is started again whenever it ends, until it is drained.
 *
 * | state | event | next |
 * |---|---|---|
 * | running | the process ends | pausing |
 * | running | drain | draining |
 * | pausing | the pause is over | running |
 * | pausing | drain | ended |
 * | draining | the process ends | ended |
 */
export class SupervisedProcess {
  /** Resolves when the node is registered for the first time. @throws why it cannot start, when trying again does not help */
  readonly ready: Promise<void>
  readonly #options: SupervisedOptions
  readonly #backOff: BackOff
  #settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined
  #child: ChildProcess | undefined
  #exited: Promise<unknown> = Promise.resolve()
  #cancelPause: CancelTimer = () => undefined
  #draining = false
  #trusted = false
  #reportedAtMs = -Infinity
  /** Who waits for its metrics. */
  readonly #measuring = new Set<(snapshot: MetricsSnapshot) => void>()

  constructor(options: SupervisedOptions) {
    this.#options = options
    this.#backOff = new BackOff(options.clock)
    this.ready = new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
    this.ready.catch(() => undefined) // who waits for it is told all the same
  }

  get state(): ProcessState {
    const fresh = this.#options.clock.monotonicMs() - this.#reportedAtMs <= freshMs
    const ready = this.#trusted && fresh && !this.#draining && this.#child !== undefined
    return { index: this.#options.assignment.index, pid: this.#child?.pid, ready }
  }

  /** Its metrics; nothing when it has ended or does not answer in time. */
  async metrics(): Promise<MetricsSnapshot> {
    const child = this.#child
    if (child === undefined) return []
    let tell: (snapshot: MetricsSnapshot) => void = () => undefined
    const told = new Promise<MetricsSnapshot>((resolve) => (tell = resolve))
    this.#measuring.add(tell)
    send(child, { type: 'measure' })
    const snapshot = await within(measureTimeoutMs, told, this.#options.clock)
    this.#measuring.delete(tell)
    return snapshot ?? []
  }

  start(): void {
    const { config, assignment } = this.#options
    const child = fork(fileURLToPath(new URL('main.js', import.meta.url)), [nodeWord], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child = child
    this.#backOff.born()
    this.#exited = once(child, 'exit').then(
      ([code, signal]) => this.#ended(child, { code: code as number | null, signal: signal as string | null }),
      (error: Error) => this.#ended(child, { error: error.message }), // it could not be started at all
    )
    child.on('message', (report: Report) => this.#take(report))
    send(child, { type: 'start', config, assignment })
  }

  /** Lets it end in its own time; resolves when it is gone. It is not started again. */
  async drain(): Promise<void> {
    this.#draining = true
    this.#cancelPause()
    if (this.#child !== undefined) send(this.#child, { type: 'drain' })
    await this.#exited
  }

  /** Ends it at once. */
  kill(): void {
    this.#draining = true
    this.#cancelPause()
    this.#child?.kill('SIGKILL')
  }

  #take(report: Report): void {
    if (report.type === 'failed') return this.#failed(new NetPulseError(report.error))
    if (report.type === 'metrics') return this.#measured(report.snapshot)
    this.#trusted = report.trusted
    this.#reportedAtMs = this.#options.clock.monotonicMs()
    if (report.trusted) this.#settle?.resolve()
    if (report.trusted) this.#settle = undefined
  }

  #measured(snapshot: MetricsSnapshot): void {
    for (const tell of this.#measuring) tell(snapshot)
  }

  /** Its node may still live in a process that an earlier supervisor left behind: that one drains, and then ends. */
  #failed(error: NetPulseError): void {
    const { logger, assignment } = this.#options
    const { code, message } = error
    logger.warn({ process: assignment.index, code }, `A node process could not start: ${message}`)
    if (code !== 'STORE_UNAVAILABLE') this.#settle?.reject(error)
  }

  #ended(child: ChildProcess, cause: Readonly<Record<string, string | number | null>>): void {
    const { logger, clock, assignment } = this.#options
    if (this.#child === child) this.#child = undefined
    this.#trusted = false
    if (this.#draining) return
    const pauseMs = this.#backOff.pauseMs()
    logger.warn(
      { process: assignment.index, pid: child.pid ?? null, ...cause, pauseMs },
      'A node process ended; another is started.',
    )
    this.#cancelPause = clock.setTimer(pauseMs, () => this.start())
  }
}

/** A process that is gone takes no order: its end is told elsewhere. */
const send = (child: ChildProcess, order: Order): void => void child.send(order, () => undefined)
