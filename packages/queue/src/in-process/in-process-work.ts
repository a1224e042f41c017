import { coreError, toErrorData } from '@netpulse/core'
import type { Claim, Consumer, Delivery, Running, WorkQueue } from '../backend.js'
import type { Kernel } from './kernel.js'
import type { KernelSlot } from './kernel-slot.js'

/** A consuming loop, from inside. */
class Consumption implements Running {
  readonly consumer: Consumer
  readonly run: (delivery: Delivery) => Promise<void>
  active = 0
  #drained: (() => void) | undefined
  #draining: Promise<void> | undefined
  readonly #leave: () => void

  constructor(consumer: Consumer, run: (delivery: Delivery) => Promise<void>, leave: () => void) {
    this.consumer = consumer
    this.run = run
    this.#leave = leave
  }

  get hasRoom(): boolean {
    return this.#draining === undefined && this.active < this.consumer.concurrency
  }

  drain(): Promise<void> {
    this.#leave()
    this.#draining ??= new Promise((resolve) => {
      this.#drained = resolve
      this.#settle()
    })
    return this.#draining
  }

  returned(): void {
    this.active--
    this.#settle()
  }

  #settle(): void {
    if (this.active === 0) this.#drained?.()
  }
}

/** The unordered lane of the in-process backend. */
export class InProcessWork implements WorkQueue {
  readonly #slot: KernelSlot
  readonly #consumptions = new Set<Consumption>()

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  async consume(consumer: Consumer, run: (delivery: Delivery) => Promise<void>): Promise<Running> {
    this.#kernel.assertOpen()
    this.#kernel.lives.get(consumer.incarnation)
    const consumption: Consumption = new Consumption(consumer, run, () => this.#consumptions.delete(consumption))
    this.#consumptions.add(consumption)
    this.#kernel.wakes.work()
    return consumption
  }

  /** Gives waiting jobs to those with room, in turn. */
  pump(): void {
    const { state } = this.#kernel
    if (!this.#kernel.isOpen) return
    for (let free = this.#free(); free.length > 0 && state.work.first !== undefined; free = this.#free()) {
      for (const consumption of free) {
        if (state.work.first !== undefined) void this.#deliver(consumption)
      }
    }
  }

  #free(): readonly Consumption[] {
    const { lives } = this.#kernel
    return [...this.#consumptions].filter(
      ({ hasRoom, consumer }) => hasRoom && lives.find(consumer.incarnation) !== undefined,
    )
  }

  async #deliver(consumption: Consumption): Promise<void> {
    const kernel = this.#kernel
    const entry = kernel.state.work.first!
    const { consumer } = consumption
    if (kernel.expireWhenDue(entry)) return
    consumption.active++
    const claim = kernel.moves.start(entry, { incarnation: consumer.incarnation }, consumer)
    const delivery: Delivery = { job: entry.record!, claim, signal: entry.abort!.signal }
    try {
      await kernel.commit.settled()
      await this.#run(consumption, delivery)
    } catch (error) {
      // Refused by the store: before the delivery the job waits again; after it the reaper decides.
      kernel.log.warn({ job: claim.jobId, error: toErrorData(error).message }, 'A delivery was given up.')
    } finally {
      consumption.returned()
      this.pump()
    }
  }

  async #run(consumption: Consumption, delivery: Delivery): Promise<void> {
    const { claim } = delivery
    let why = 'The handler returned without ending the job.'
    try {
      await consumption.run(delivery)
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#kernel.log.error({ job: claim.jobId, stack }, 'A job handler threw.')
      why = 'The handler of the job threw; the log has the stack.'
    }
    await this.#endLeftOver(claim, why)
  }

  /** Ends a job that its handler left running. */
  async #endLeftOver(claim: Claim, why: string): Promise<void> {
    const kernel = this.#kernel
    try {
      kernel.assertOpen()
      const entry = kernel.findClaimed(claim)
      if (entry === undefined) return
      const error = toErrorData(coreError('INTERNAL', why))
      kernel.moves.end(entry, { status: 'failed', outcome: 'failed', result: { results: [], error } })
      await kernel.commit.settled()
    } catch (cause) {
      // Nobody will end it any more: left to the reaper, for when the store can be written again.
      kernel.abandoned.set(claim.jobId, claim.attempt)
      throw cause
    }
  }
}
