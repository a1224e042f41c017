import type { CancelTimer } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { Kernel } from './kernel.js'

/** Between two tries to subscribe. Milliseconds. */
const pauseMs = 1000

/** Says when a webhook delivery may be due: told by channel, and by the clock when the time of one comes. */
export class DueBell {
  readonly #kernel: Kernel
  readonly #listeners = new Set<() => void>()
  #leave: (() => void) | undefined
  #cancel: CancelTimer = () => undefined
  #atMs = Infinity

  constructor(kernel: Kernel) {
    this.#kernel = kernel
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
    const { clock, isOpen } = this.#kernel
    const atMs = clock.monotonicMs() + ms
    if (!isOpen || this.#listeners.size === 0) return
    if (ms <= 0) return this.#tell()
    if (atMs >= this.#atMs) return
    this.#cancel()
    this.#atMs = atMs
    this.#cancel = clock.setTimer(ms, () => {
      this.#atMs = Infinity
      this.#tell()
    })
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #end(): void {
    this.#cancel()
    this.#atMs = Infinity
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
        const leave = await channels.listen('h', (delay) => this.within(Number(delay)))
        if (isOver) return leave()
        unlisten = leave
        this.#tell()
      } catch (error) {
        if (isOver) return
        log.debug({ code: toErrorData(error).code }, 'Webhook deliveries are not announced yet.')
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
