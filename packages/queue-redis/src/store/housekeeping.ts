import type { CancelTimer } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
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
  #cancelTick: CancelTimer = () => undefined
  #cancelAlarm: CancelTimer = () => undefined
  #alarmAtMs = Infinity
  #running: Promise<void> | undefined
  #again = false

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  start(): void {
    this.#kernel.onClose(async () => {
      this.#cancelTick()
      this.#cancelAlarm()
      await this.#running
    })
    this.#tick()
  }

  /** Something is due in so many milliseconds. */
  within(ms: number): void {
    const { clock, isOpen } = this.#kernel
    const atMs = clock.monotonicMs() + ms
    if (atMs >= this.#alarmAtMs || !isOpen) return
    this.#cancelAlarm()
    this.#alarmAtMs = atMs
    this.#cancelAlarm = clock.setTimer(ms, () => {
      this.#alarmAtMs = Infinity
      this.#sweep()
    })
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
