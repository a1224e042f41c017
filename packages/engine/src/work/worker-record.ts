import type { DeviceId } from '@netpulse/core'
import type { WorkerReport } from '@netpulse/queue'
import type { DeliveryEnd } from '../run/job-runner.js'

/** What a worker has done so far, as its node reports it. */
export class WorkerRecord {
  readonly #base: Pick<WorkerReport, 'name' | 'type' | 'queue' | 'startedAt'> & { readonly device?: DeviceId }
  #running = 0
  #succeeded = 0
  #failed = 0
  #queue: string

  constructor(base: Pick<WorkerReport, 'name' | 'type' | 'queue' | 'startedAt'> & { readonly device?: DeviceId }) {
    this.#base = base
    this.#queue = base.queue
  }

  get name(): string {
    return this.#base.name
  }

  /** @param queue where the job came from, as clients know it */
  started(queue: string): void {
    this.#queue = queue
    this.#running += 1
  }

  ended(end: DeliveryEnd): void {
    this.#running -= 1
    if (end === 'succeeded') this.#succeeded += 1
    if (end === 'failed') this.#failed += 1
  }

  report(): WorkerReport {
    const state = this.#running > 0 ? 'busy' : 'idle'
    return { ...this.#base, queue: this.#queue, state, succeeded: this.#succeeded, failed: this.#failed }
  }
}
