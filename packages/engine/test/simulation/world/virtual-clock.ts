import type { CancelTimer, Clock } from '@netpulse/core'

interface Timer {
  readonly dueMs: number
  readonly order: number
  run: (() => void) | undefined
}

/** Where time begins. Milliseconds since 1970. */
export const startMs = Date.UTC(2026, 0, 1)

const isBefore = (a: Timer, b: Timer): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)

/** The one time of a simulation. It moves from timer to timer, as its owner says. */
export class VirtualClock implements Clock {
  readonly #heap: Timer[] = []
  #elapsedMs = 0
  #order = 0

  now(): Date {
    return new Date(startMs + this.#elapsedMs)
  }

  monotonicMs(): number {
    return this.#elapsedMs
  }

  /** A delay that is not finite never ends. */
  setTimer(delayMs: number, run: () => void): CancelTimer {
    if (!Number.isFinite(delayMs)) return () => undefined
    const timer: Timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, run }
    this.#push(timer)
    return () => {
      timer.run = undefined
    }
  }

  /** Moves on to the next timer that is due by `untilMs` and runs it. `false`: there is none; the time is `untilMs`. */
  fireNext(untilMs: number): boolean {
    for (let first = this.#heap[0]; first !== undefined && first.dueMs <= untilMs; first = this.#heap[0]) {
      this.#pop()
      if (first.run === undefined) continue
      this.#elapsedMs = first.dueMs
      first.run()
      return true
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, untilMs)
    return false
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let index = heap.length
    for (; index > 0; index = (index - 1) >> 1) {
      const parent = heap[(index - 1) >> 1]!
      if (!isBefore(timer, parent)) break
      heap[index] = parent
    }
    heap[index] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      const left = index * 2 + 1
      if (left >= heap.length) break
      const child = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left
      if (!isBefore(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}
