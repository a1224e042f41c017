import type { CancelTimer, Clock } from '../clock.js'

interface Timer {
  readonly dueMs: number
  readonly run: () => void
}

/** Time that moves only when a test says so. */
export class FakeClock implements Clock {
  readonly #startMs: number
  #elapsedMs = 0
  #timers: Timer[] = []

  constructor(start = new Date('2026-01-01T00:00:00Z')) {
    this.#startMs = start.getTime()
  }

  now(): Date {
    return new Date(this.#startMs + this.#elapsedMs)
  }

  monotonicMs(): number {
    return this.#elapsedMs
  }

  setTimer(delayMs: number, run: () => void): CancelTimer {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** How many timers wait: what a leak check looks at. */
  get pendingTimers(): number {
    return this.#timers.length
  }

  /** Moves time on, firing what falls due on the way, in order, and lets promises settle after each timer. */
  async advance(byMs: number): Promise<void> {
    const targetMs = this.#elapsedMs + byMs
    for (let next = this.#next(targetMs); next !== undefined; next = this.#next(targetMs)) {
      this.#elapsedMs = next.dueMs
      this.#timers = this.#timers.filter((other) => other !== next)
      next.run()
      await settle()
    }
    this.#elapsedMs = targetMs
    await settle()
  }

  #next(untilMs: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer
    }
    return first
  }
}

/** Lets every promise that is ready run on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
