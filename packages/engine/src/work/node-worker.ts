import type { CancelTimer, NetPulseError } from '@netpulse/core'
import { newIncarnation, toErrorData } from '@netpulse/core'
import { engineError } from '../errors.js'
import type { NodeLifeOptions } from './node-life.js'
import { NodeLife } from './node-life.js'
import type { Workforce } from './workforce.js'

/** Pause before a node that lost its life begins a new one after a failed start. */
const restartPauseMs = 2_000

export interface NodeWorkerOptions extends Omit<NodeLifeOptions, 'info' | 'onFenced' | 'onEndRequested'> {
  readonly info: Omit<NodeLifeOptions['info'], 'incarnation'>
  readonly drainTimeoutMs: number
  /** Somebody ended the node's own worker. @defaultValue this life of the node ends in order, and another begins */
  readonly onEndRequested?: () => void
}

/** The node in this process. After it was fenced it begins again as a new incarnation. */
export class NodeWorker implements Workforce {
  readonly #options: NodeWorkerOptions
  #life: NodeLife | undefined
  #closing: Promise<void> | undefined
  #restarting: Promise<void> | undefined
  #cancelRestart: CancelTimer = () => undefined

  constructor(options: NodeWorkerOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const life = new NodeLife({
      ...this.#options,
      info: { ...this.#options.info, incarnation: newIncarnation() },
      onFenced: () => this.#restart(),
      onEndRequested: this.#options.onEndRequested ?? ((): void => this.#renew()),
    })
    this.#life = life
    await life.start()
  }

  /** Makes room for other devices. */
  async evict(count: number): Promise<void> {
    await this.#life?.pinned.evict(count)
  }

  /** Whether this node may still talk to devices, by its own clock. */
  get isTrusted(): boolean {
    return this.#life?.isTrusted ?? false
  }

  /** Drains for at most the drain timeout, then ends what still runs. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { clock, drainTimeoutMs, runner } = this.#options
    this.#cancelRestart()
    const cancelTimer = clock.setTimer(drainTimeoutMs, () => runner.close(drained()))
    await this.#restarting
    await this.#life?.drain()
    cancelTimer()
    await this.#leave()
  }

  async #leave(): Promise<void> {
    await this.#life?.leave().catch((error: unknown) => {
      // Nothing runs any more: the others find the devices free when the time of this life is over.
      this.#options.log.warn({ code: toErrorData(error).code }, 'This node could not say that it leaves.')
    })
  }

  #renew(): void {
    if (this.#closing === undefined) this.#begin(this.#beginAnew())
  }

  async #beginAnew(): Promise<void> {
    const { clock, drainTimeoutMs, runner } = this.#options
    const life = this.#life
    const cancelTimer = clock.setTimer(drainTimeoutMs, () => runner.stopAll(drained()))
    await life?.drain()
    cancelTimer()
    // One that was fenced meanwhile has its successor already.
    if (life?.hasEnded === true) return
    await this.#leave()
    if (this.#closing === undefined) await this.start()
  }

  #restart(): void {
    if (this.#closing === undefined) this.#begin(this.start())
  }

  #begin(starting: Promise<void>): void {
    this.#restarting = starting.catch((error: unknown) => {
      this.#options.log.error(
        { code: toErrorData(error).code },
        'This node could not begin again; it will try once more.',
      )
      this.#cancelRestart = this.#options.clock.setTimer(restartPauseMs, () => this.#restart())
    })
  }
}

const drained = (): NetPulseError => engineError('DRAINED', 'NetPulse was shut down while the job ran.')
