import { queueError } from '@netpulse/queue'
import type { Random } from '../world/random.js'
import type { SimProcess } from '../world/sim-process.js'
import type { VirtualClock } from '../world/virtual-clock.js'

/** What may happen to a process at one of its steps. */
export type StepAction = { readonly type: 'lose_answer' } | { readonly type: 'run'; readonly run: () => void }

export interface WireOptions {
  readonly clock: VirtualClock
  readonly random: Random
  /** Longest way of a message, one way. Milliseconds. */
  readonly latencyMs: number
  /** What a fault plan has for a process at its step; steps count from 1. */
  readonly atStep: (process: SimProcess, step: number) => StepAction | undefined
}

/** Time after which a call to a store that cannot be reached fails: a refused connection, an answer that never comes. */
const refuseMs = 20
const hangMs = 5_000

/**
 * Everything between processes, store and devices. Each call has a border where it leaves and one where its answer
 * comes back: these are the steps at which faults strike. Every message takes its time, so that calls of several
 * processes mix differently with each seed.
 */
export class Wire {
  readonly trace: string[] = []
  /** Grows with all that happens: what has not changed has come to rest. */
  activity = 0
  /** Calls of the store that have not come back yet. */
  inFlight = 0
  readonly #options: WireOptions
  readonly #lastMs = new Map<SimProcess, { readonly in: number; readonly out: number }>()

  constructor(options: WireOptions) {
    this.#options = options
  }

  note(process: Pick<SimProcess, 'name'> | undefined, text: string): void {
    this.activity++
    const ms = this.#options.clock.monotonicMs().toFixed(1)
    this.trace.push(`${ms.padStart(9)} ${(process?.name ?? '').padEnd(5)} ${text}`)
  }

  /** A border. `lost`: the answer that was to pass here is lost. */
  step(process: SimProcess, text: string): 'lost' | undefined {
    process.steps++
    const action = this.#options.atStep(process, process.steps)
    this.note(process, text)
    if (action?.type === 'run') action.run()
    if (action?.type !== 'lose_answer' || process.isDead) return undefined
    this.note(process, `  the answer of ${text} is lost`)
    return 'lost'
  }

  /** Runs after the time that a message takes. */
  send(run: () => void): void {
    this.after(this.#options.random.next() * this.#options.latencyMs, run)
  }

  /** Runs when every message that is on its way has come. */
  sendLast(run: () => void): void {
    this.after(this.#options.latencyMs, run)
  }

  after(delayMs: number, run: () => void): void {
    this.#options.clock.setTimer(delayMs, () => {
      this.activity++
      run()
    })
  }

  /** A call of the store. `once`: its answer is held up, never lost: nobody would ask again. */
  call<Value>(process: SimProcess, label: string, act: () => Promise<Value>, once = false): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (process.isDead) return
      this.step(process, `> ${label}`)
      if (process.isDead) return
      const unreachable = (): void => this.#fail(process, reject)
      if (process.cut !== undefined) return unreachable()
      const answer = (settle: () => void): void => {
        const lost = this.step(process, `< ${label}`) === 'lost'
        if (process.isDead) return
        if ((lost || process.cut !== undefined) && !once) return unreachable()
        process.whenConnected(() => this.#sendInOrder(process, 'in', () => process.enter(settle)))
      }
      this.#sendInOrder(process, 'out', () => {
        void this.atStore(act).then(
          (value) => answer(() => resolve(value)),
          (error: unknown) => answer(() => reject(error as Error)),
        )
      })
    })
  }

  /** A message of the store to a process that waits for it: nothing is lost, but a cut holds it up. */
  push(process: SimProcess, run: () => void): void {
    this.activity++
    process.whenConnected(() => this.send(() => process.enter(run)))
  }

  /** A process has one connection for its calls: none of them overtakes another. */
  #sendInOrder(process: SimProcess, way: 'in' | 'out', run: () => void): void {
    const { clock, random, latencyMs } = this.#options
    const nowMs = clock.monotonicMs()
    const arrivesMs = Math.max(nowMs + random.next() * latencyMs, (this.#lastMs.get(process)?.[way] ?? 0) + 0.001)
    this.#lastMs.set(process, { in: 0, out: 0, ...this.#lastMs.get(process), [way]: arrivesMs })
    this.after(arrivesMs - nowMs, run)
  }

  /** Something that the store does: nothing comes to rest before it is done. */
  async atStore<Value>(act: () => Promise<Value>): Promise<Value> {
    this.inFlight++
    try {
      return await act()
    } finally {
      this.inFlight--
      this.activity++
    }
  }

  #fail(process: SimProcess, reject: (error: Error) => void): void {
    const delayMs = process.cut === 'refuse' ? refuseMs : hangMs
    this.#options.clock.setTimer(delayMs, () =>
      process.enter(() => reject(queueError('STORE_UNAVAILABLE', 'The store does not answer.'))),
    )
  }
}
