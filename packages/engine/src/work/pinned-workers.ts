import type { DeviceId, Incarnation } from '@netpulse/core'
import type { Lease, WorkerReport } from '@netpulse/queue'
import type { PinnedWorker } from './pinned-worker.js'
import type { PinnedWorkerOptions } from './pinned-worker.js'

export type MakePinnedWorker = (
  device: DeviceId,
  incarnation: Incarnation,
  onEnd: PinnedWorkerOptions['onEnd'],
) => PinnedWorker

/** The Pinned workers of one node: made when their device has work, gone when they hold nothing any more. */
export class PinnedWorkers {
  readonly #make: MakePinnedWorker
  readonly #incarnation: Incarnation
  readonly #workers = new Map<DeviceId, PinnedWorker>()
  #closed = false

  constructor(make: MakePinnedWorker, incarnation: Incarnation) {
    this.#make = make
    this.#incarnation = incarnation
  }

  get size(): number {
    return this.#workers.size
  }

  /** A device may have work. */
  readonly wake = (device: DeviceId): void => {
    if (this.#closed) return
    let worker = this.#workers.get(device)
    if (worker === undefined) {
      worker = this.#make(device, this.#incarnation, this.#onEnd)
      this.#workers.set(device, worker)
    }
    worker.wake()
  }

  wakeAll(leases: readonly Lease[]): void {
    for (const { device } of leases) this.wake(device)
  }

  /** Ends up to `count` workers that rest, the longest resting first, so that other devices find room. */
  async evict(count: number): Promise<void> {
    const resting = [...this.#workers.values()].filter(({ restingSinceMs }) => restingSinceMs !== undefined)
    resting.sort((a, b) => a.restingSinceMs! - b.restingSinceMs!)
    await Promise.all(resting.slice(0, count).map((worker) => worker.evict()))
  }

  /** Ends the worker of this name; nothing when there is none. */
  async endWorker(name: string): Promise<void> {
    await [...this.#workers.values()].find((worker) => worker.report().name === name)?.retire()
  }

  /** Takes no further job; resolves when every running one has ended. */
  async drain(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#workers.values()].map((worker) => worker.drain()))
  }

  /** Closes every session at once. */
  async fence(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#workers.values()].map((worker) => worker.fence()))
  }

  reports(): readonly WorkerReport[] {
    return [...this.#workers.values()].map((worker) => worker.report())
  }

  readonly #onEnd: PinnedWorkerOptions['onEnd'] = (worker, again) => {
    this.#workers.delete(worker.device)
    if (again) this.wake(worker.device)
  }
}
