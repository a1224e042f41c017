import type { CancelTimer } from '@netpulse/core'
import { coreError, isNetPulseError, toErrorData } from '@netpulse/core'
import type { DeliveryVerdict, DueDelivery, Outbox } from '@netpulse/queue'
import type { DeliveryOutcome } from './delivery-outcome.js'
import type { AttemptParts } from './attempt.js'
import { attempt } from './attempt.js'

/** How to deliver what is in the outbox. */
export interface WebhookPoolOptions extends AttemptParts {
  readonly outbox: Outbox
  /** Attempts that run at once. From 1. @defaultValue 50 */
  readonly concurrency?: number
  /** Attempts that run at once at one receiver, so that a slow one holds up only its own. From 1. @defaultValue 5 */
  readonly perOrigin?: number
  /** @defaultValue counts nothing */
  readonly onAttempt?: (outcome: DeliveryOutcome) => void
}

const outcomes: Readonly<Partial<Record<DeliveryVerdict['state'], DeliveryOutcome>>> = {
  delivered: 'delivered',
  retry: 'retried',
  dead: 'dead',
}

/** Between two tries to reach a store that failed. Milliseconds. */
const pauseMs = 1000

/** Takes deliveries from the outbox as they fall due, and attempts them, many at once. */
export class WebhookPool {
  readonly #options: WebhookPoolOptions
  readonly #concurrency: number
  readonly #perOrigin: number
  readonly #busy = new Map<string, number>()
  readonly #running = new Set<Promise<void>>()
  readonly #stop = new AbortController()
  readonly #timers = new Set<CancelTimer>()
  #leave: (() => void) | undefined
  #looking: Promise<void> | undefined
  #again = false
  /** More may be due than there was room for. */
  #isShort = false
  #stopping: Promise<void> | undefined

  constructor(options: WebhookPoolOptions) {
    this.#options = options
    this.#concurrency = options.concurrency ?? 50
    this.#perOrigin = options.perOrigin ?? 5
  }

  /** Idempotent; after `stop` it does nothing. */
  start(): void {
    if (this.#stopping === undefined) this.#leave ??= this.#options.outbox.onDue(() => this.#look())
  }

  /** Takes no further delivery, gives those that run so long, and hands back the rest. Idempotent. */
  stop(graceMs = 0): Promise<void> {
    this.#stopping ??= this.#end(graceMs)
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #end(graceMs: number): Promise<void> {
    this.#leave?.()
    await this.#looking
    const abort = (): void => this.#stop.abort(coreError('ABORTED', 'NetPulse is shutting down.'))
    const cancel = this.#options.clock.setTimer(graceMs, abort)
    if (graceMs <= 0) abort()
    while (this.#running.size > 0) await Promise.all(this.#running)
    cancel()
    for (const cancelTimer of this.#timers) cancelTimer()
  }

  #look(): void {
    if (this.#stopping !== undefined) return
    this.#again = this.#looking !== undefined
    this.#looking ??= this.#lookAll().finally(() => {
      this.#looking = undefined
      if (this.#again) this.#look()
    })
  }

  async #lookAll(): Promise<void> {
    try {
      do {
        this.#again = false
        await this.#claim()
      } while (this.#again && this.#stopping === undefined)
    } catch (error) {
      const { code, message } = toErrorData(error)
      this.#options.log.warn({ code }, `Webhook deliveries cannot be read: ${message}`)
      this.#later(() => this.#look())
    }
  }

  async #claim(): Promise<void> {
    const most = this.#concurrency - this.#running.size
    this.#isShort = true
    if (most <= 0) return
    const found = await this.#options.outbox.claim({ most, perOrigin: this.#perOrigin, busy: this.#busy })
    for (const due of found) this.#run(due)
    const isFull = (count: number): boolean => count >= this.#perOrigin
    this.#isShort = found.length >= most || [...this.#busy.values()].some(isFull)
  }

  #run(due: DueDelivery): void {
    const { origin } = due.delivery
    this.#busy.set(origin, (this.#busy.get(origin) ?? 0) + 1)
    const run = this.#deliver(due).finally(() => {
      this.#running.delete(run)
      const left = this.#busy.get(origin)! - 1
      if (left === 0) this.#busy.delete(origin)
      else this.#busy.set(origin, left)
      if (this.#isShort) this.#look()
    })
    this.#running.add(run)
  }

  async #deliver(due: DueDelivery): Promise<void> {
    const verdict = await attempt(this.#options, due, this.#stop.signal)
    try {
      if (!(await this.#settle(due, verdict))) return
    } catch (error) {
      // The claim runs out, and somebody attempts it again.
      const { code } = toErrorData(error)
      this.#options.log.warn({ code, delivery: due.delivery.id }, 'An attempt to deliver a webhook was not recorded.')
      return
    }
    const outcome = outcomes[verdict.state]
    if (outcome !== undefined) this.#options.onAttempt?.(outcome)
    if (verdict.state === 'dead') {
      const { id, origin, event } = due.delivery
      const code = verdict.attempt.error?.code ?? ''
      this.#options.log.warn({ delivery: id, event, origin, code }, 'A webhook was given up.')
    }
  }

  /** Twice: most failures of a store are short, and what was not recorded is sent again. */
  async #settle(due: DueDelivery, verdict: DeliveryVerdict): Promise<boolean> {
    const { outbox } = this.#options
    try {
      return await outbox.settle(due, verdict)
    } catch (error) {
      if (!isNetPulseError(error) || !error.retryable || this.#stopping !== undefined) throw error
      await new Promise<void>((resolve) => this.#later(resolve))
      return outbox.settle(due, verdict)
    }
  }

  #later(run: () => void): void {
    const cancel = this.#options.clock.setTimer(pauseMs, () => {
      this.#timers.delete(cancel)
      run()
    })
    this.#timers.add(cancel)
  }
}
