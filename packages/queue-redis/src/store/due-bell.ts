import type { CancelTimer } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import { Alarm } from './alarm.js'
import type { Kernel } from './kernel.js'

/** Between two tries to subscribe. Milliseconds. */
const pauseMs = 1000

/** What falls due, and the channel that says so. */
export interface DueBellOptions {
  readonly channel: string
  /** For the log. */
  readonly what: string
}

/** Says when something may be due: told by channel, and by the clock when the time of one comes. */
export class DueBell {
  readonly #kernel: Kernel
  readonly #options: DueBellOptions
  readonly #listeners = new Set<() => void>()
  readonly #alarm: Alarm
  #leave: (() => void) | undefined

  constructor(kernel: Kernel, options: DueBellOptions) {
    this.#kernel = kernel
    this.#options = options
    this.#alarm = new Alarm(kernel.clock, () => this.#tell())
  }

  /** Calls the listener at once, again when no message is missed any more, and whenever one may be due. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#leave ??= this.#join()
    queueMicrotask(() => {
      if (this.#listeners.has(listener)) listener()
    })
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#end()
    }
  }

  /** One is due in so many milliseconds. */
  within(ms: number): void {
    if (!this.#kernel.isOpen || this.#listeners.size === 0) return
    if (ms <= 0) this.#tell()
    else this.#alarm.within(ms)
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #end(): void {
    this.#alarm.clear()
    this.#leave?.()
    this.#leave = undefined
  }

  /** Subscribes until it succeeds; returns what ends it. */
  #join(): () => void {
    const { channels, connections, clock, log } = this.#kernel
    let isOver = false
    let unlisten = (): void => undefined
    let cancel: CancelTimer = () => undefined
    const subscribe = async (): Promise<void> => {
      try {
        const leave = await channels.listen(this.#options.channel, (delay) => this.within(Number(delay)))
        if (isOver) return leave()
        unlisten = leave
        this.#tell()
      } catch (error) {
        if (isOver) return
        log.debug({ code: toErrorData(error).code }, `${this.#options.what} are not announced yet.`)
        cancel = clock.setTimer(pauseMs, () => void subscribe())
      }
    }
    void subscribe()
    const unreconnect = connections.onReconnect(() => this.#tell())
    const unclose = this.#kernel.onClose(() => {
      this.#listeners.clear()
      this.#end()
    })
    return () => {
      isOver = true
      cancel()
      unlisten()
      unreconnect()
      unclose()
    }
  }
}
