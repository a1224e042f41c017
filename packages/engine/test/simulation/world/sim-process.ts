import type { CancelTimer, Clock, Incarnation } from '@netpulse/core'
import type { Engine } from '../../../src/engine.js'
import type { VirtualClock } from './virtual-clock.js'

/** How a process that goes on takes what waited for it: its event loop may have stood anywhere. */
export type WakeOrder = 'timers first' | 'answers first' | 'as it came'

interface Waiting {
  readonly isTimer: boolean
  readonly run: () => void
}

/**
 * One life of one operating system process: a node or a controller. Whatever reaches it (answers, deliveries, its own
 * timers) goes through `enter`.
 *
 * | state | what reaches it | what it sends |
 * |---|---|---|
 * | running | at once | goes out |
 * | paused | waits until it goes on | nothing new; what left before is on its way |
 * | dead | nothing, ever | nothing |
 */
export class SimProcess {
  /** `n1.2`: the second life of node 1. */
  readonly name: string
  /** What stays the same over its lives: `n1`, `c1`. */
  readonly base: string
  readonly clock: Clock
  readonly incarnations = new Set<Incarnation>()
  engine: Engine | undefined
  /** Steps of this process so far: each border of a call is one. */
  steps = 0
  isDead = false
  isPaused = false
  /** Cut off from the store: `refuse` fails calls soon, `hang` when their time is over. */
  cut: 'refuse' | 'hang' | undefined
  #backlog: Waiting[] = []
  #wallOffsetMs = 0
  readonly #time: VirtualClock
  readonly #onHeal: (() => void)[] = []
  readonly #onCut: (() => void)[] = []
  readonly #onDeath: (() => void)[] = []

  constructor(base: string, life: number, time: VirtualClock) {
    this.base = base
    this.name = `${base}.${life}`
    this.#time = time
    this.clock = {
      now: () => new Date(time.now().getTime() + this.#wallOffsetMs),
      monotonicMs: () => time.monotonicMs(),
      setTimer: (delayMs, run) => this.#setTimer(delayMs, run),
    }
  }

  get isUp(): boolean {
    return !this.isDead && !this.isPaused && this.engine !== undefined
  }

  enter(run: () => void, isTimer = false): void {
    if (this.isDead) return
    if (this.isPaused) this.#backlog.push({ isTimer, run })
    else run()
  }

  die(): void {
    this.isDead = true
    this.#backlog = []
    for (const run of this.#onDeath) run()
  }

  pause(): void {
    this.isPaused = true
  }

  /** Goes on; what waited comes one by one. */
  resume(order: WakeOrder): void {
    if (!this.isPaused) return
    this.isPaused = false
    const waiting = this.#backlog
    this.#backlog = []
    const rank = ({ isTimer }: Waiting): number =>
      order === 'as it came' ? 0 : Number(isTimer === (order === 'answers first'))
    for (const { run, isTimer } of waiting.sort((a, b) => rank(a) - rank(b)))
      this.#time.setTimer(0, () => this.enter(run, isTimer))
  }

  cutOff(how: 'refuse' | 'hang'): void {
    this.cut = how
    for (const run of this.#onCut) run()
  }

  heal(): void {
    this.cut = undefined
    for (const run of this.#onHeal.splice(0)) this.enter(run)
  }

  /** Runs when it reaches the store again; at once when it does. */
  whenConnected(run: () => void): void {
    if (this.cut === undefined) run()
    else this.#onHeal.push(run)
  }

  onCut(run: () => void): void {
    this.#onCut.push(run)
  }

  /** At its death; at once when it is dead. */
  onDeath(run: () => void): void {
    if (this.isDead) run()
    else this.#onDeath.push(run)
  }

  stepWallClock(byMs: number): void {
    this.#wallOffsetMs += byMs
  }

  #setTimer(delayMs: number, run: () => void): CancelTimer {
    let canceled = false
    const cancel = this.#time.setTimer(delayMs, () =>
      this.enter(() => {
        if (!canceled) run()
      }, true),
    )
    return () => {
      canceled = true
      cancel()
    }
  }
}
