import type { CancelTimer } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import { Alarm } from './alarm.js'
import type { Kernel } from './kernel.js'

/** Jobs of each kind that one script looks at: bounds how long Redis is held. */
const sliceSize = 200

/**
 * What happens by time alone: expiry, due retries, the end of retention. Every process looks, the script does each thing
 * once: when the next thing that this process knows of is due, and at a steady pace, since others may have brought
 * something earlier.
 */
export class Housekeeping {
  readonly #kernel: Kernel
  readonly #alarm: Alarm
  #cancelTick: CancelTimer = () => undefined
  #running: Promise<void> | undefined
  #again = false

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#alarm = new Alarm(kernel.clock, () => this.#sweep())
  }

  start(): void {
    this.#kernel.onClose(async () => {
      this.#cancelTick()
      this.#alarm.clear()
      await this.#running
    })
    this.#tick()
  }

  /** Something is due in so many milliseconds. */
  within(ms: number): void {
    if (this.#kernel.isOpen) this.#alarm.within(ms)
  }

  #tick(): void {
    const { clock, settings } = this.#kernel
    this.#cancelTick = clock.setTimer(settings.sweepMs, () => {
      this.#tick()
      this.#sweep()
    })
  }

  #sweep(): void {
    this.#again = this.#running !== undefined
    this.#running ??= this.#sweepAll().finally(() => {
      this.#running = undefined
      if (this.#again && this.#kernel.isOpen) this.#sweep()
    })
  }

  async #sweepAll(): Promise<void> {
    try {
      let next: string | null
      do {
        next = (await this.#kernel.run('sweep', sliceSize)) as string | null
      } while (next === '0' && this.#kernel.isOpen)
      if (next !== null) this.within(Number(next))
    } catch (error) {
      // It is tried again soon; who submits or waits hears of it.
      this.#kernel.log.debug({ code: toErrorData(error).code }, 'A sweep of the job store failed.')
    }
  }
}
