import type { CancelTimer, Clock, JobRecord, Logger } from '@netpulse/core'
import { isNetPulseError, toErrorData } from '@netpulse/core'
import type { LostJobVerdict, NodeRegistry } from '@netpulse/queue'
import type { Placement } from '../submit/placement.js'

export interface ReaperOptions {
  readonly nodes: Pick<NodeRegistry, 'reap'>
  readonly placement: Pick<Placement, 'ranked'>
  readonly decideLostJob: (job: JobRecord) => LostJobVerdict
  readonly reapMs: number
  /** Asks nodes to give devices up that rest. */
  readonly makeRoom: (count: number) => Promise<void>
  readonly clock: Clock
  readonly log: Logger
}

/** Looks for lost nodes and ends or hands on what they left. Any process may: nodes do, and so do controllers. */
export class Reaper {
  readonly #options: ReaperOptions
  #cancel: CancelTimer = () => undefined
  #stopped = false

  constructor(options: ReaperOptions) {
    this.#options = options
  }

  /** Reaps once, then again and again. @throws what the first look throws */
  async start(): Promise<void> {
    await this.reap()
    this.#plan()
  }

  /** Idempotent. */
  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  async reap(): Promise<void> {
    const homeless = await this.#reap()
    if (homeless === 0) return
    await this.#options.makeRoom(homeless)
    await this.#reap()
  }

  /** Answers how many devices wait for room. */
  async #reap(): Promise<number> {
    const { nodes, placement, decideLostJob, log } = this.#options
    const { incarnations, requeued, ended, homeless } = await nodes.reap(decideLostJob, await placement.ranked())
    if (requeued.length + ended.length > 0)
      log.warn({ incarnations, requeued: requeued.length, ended: ended.length }, 'Jobs of a lost node were taken over.')
    return homeless
  }

  #plan(): void {
    const { clock, reapMs } = this.#options
    if (!this.#stopped) this.#cancel = clock.setTimer(reapMs, () => void this.#reapAgain())
  }

  async #reapAgain(): Promise<void> {
    try {
      await this.reap()
    } catch (error) {
      const bug = isNetPulseError(error) ? {} : { stack: String((error as Error).stack) }
      this.#options.log.warn(
        { code: toErrorData(error).code, ...bug },
        'The jobs of lost nodes could not be looked at.',
      )
    }
    this.#plan()
  }
}
