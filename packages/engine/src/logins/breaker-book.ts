import type { Clock } from '@netpulse/core'
import type { SharedRecords } from '@netpulse/queue-redis'
import type { BreakerPolicy, BreakerState } from './breaker.js'
import { admissionOf, failed, isStale, released } from './breaker.js'

/** Writes after which the book is looked through for what is stale. */
const writesPerSweep = 500

/** An entry that is open. */
export interface OpenBreaker {
  readonly name: string
  readonly until: Date
  /** What failed. */
  readonly marks: readonly string[]
}

/** Whether one may. `known`: the book has an entry, which a success is to remove. */
export type Answer =
  | { readonly state: 'paused'; readonly forMs: number }
  | { readonly state: 'admitted'; readonly known: boolean; readonly trial: boolean }

const free: Answer = { state: 'admitted', known: false, trial: false }

/**
 * Breakers by name, in records that several processes may share: what one of them finds out holds for all. What works
 * has no entry, so that a login that goes well costs one question.
 */
export class BreakerBook {
  readonly #records: SharedRecords
  readonly #clock: Clock
  readonly #policy: BreakerPolicy
  #writes = 0

  constructor(records: SharedRecords, clock: Clock, policy: BreakerPolicy) {
    this.#records = records
    this.#clock = clock
    this.#policy = policy
  }

  async ask(name: string): Promise<Answer> {
    if (this.#policy.failures === 0) return free
    for (;;) {
      const text = await this.#records.get(name)
      const admission = admissionOf(stateOf(text), this.#nowMs())
      if (admission.state === 'paused') return admission
      const { next } = admission
      // Of several who ask at once, one makes the trial; the others ask again.
      if (next === undefined) return text === undefined ? free : { state: 'admitted', known: true, trial: false }
      if (await this.#records.replace(name, text!, JSON.stringify(next)))
        return { state: 'admitted', known: true, trial: true }
    }
  }

  /** Leaves a trial to the next one. */
  async release(name: string): Promise<void> {
    const text = await this.#records.get(name)
    const state = stateOf(text)
    if (state?.trial === true) await this.#records.replace(name, text!, JSON.stringify(released(state, this.#nowMs())))
  }

  /** Answers whether this failure opened it. */
  async noteFailure(name: string, mark: string): Promise<boolean> {
    if (this.#policy.failures === 0) return false
    await this.#sweepAtTimes()
    for (;;) {
      const text = await this.#records.get(name)
      const before = stateOf(text)
      const next = failed(before, mark, this.#nowMs(), this.#policy)
      if (next === before) return false
      const now = JSON.stringify(next)
      const written = text === undefined ? this.#records.add(name, now) : this.#records.replace(name, text, now)
      if (await written) return next.pausedUntil !== undefined
    }
  }

  /** `false`: nothing was known of it. */
  forget(name: string): Promise<boolean> {
    return this.#records.delete(name)
  }

  async open(): Promise<readonly OpenBreaker[]> {
    const nowMs = this.#nowMs()
    return [...(await this.#records.entries())].flatMap(([name, text]) => {
      const { pausedUntil = 0, marks } = stateOf(text)!
      return pausedUntil > nowMs ? [{ name, until: new Date(pausedUntil), marks: Object.keys(marks) }] : []
    })
  }

  async #sweepAtTimes(): Promise<void> {
    this.#writes += 1
    if (this.#writes % writesPerSweep !== 0) return
    const nowMs = this.#nowMs()
    const entries = [...(await this.#records.entries())]
    const stale = entries.filter(([, text]) => isStale(stateOf(text)!, nowMs, this.#policy))
    await Promise.all(stale.map(([name]) => this.#records.delete(name)))
  }

  #nowMs(): number {
    return this.#clock.now().getTime()
  }
}

const stateOf = (text: string | undefined): BreakerState | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as BreakerState)
