import type { JobId, JobRecord } from '@netpulse/core'

interface Waiter {
  readonly resolve: (record: JobRecord) => void
  readonly reject: (reason: unknown) => void
}

/** Those who wait for the end of a job. */
export class EndedWaiters {
  readonly #waiters = new Map<JobId, Set<Waiter>>()

  /** Called with each commit. */
  publish(records: readonly JobRecord[]): void {
    if (this.#waiters.size === 0) return
    for (const record of records) {
      for (const waiter of this.#waiters.get(record.id) ?? []) waiter.resolve(record)
    }
  }

  wait(id: JobId, signal: AbortSignal): Promise<JobRecord> {
    return new Promise<JobRecord>((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', abort)
        waiters.delete(waiter)
        if (waiters.size === 0) this.#waiters.delete(id)
      }
      const settle =
        <Value>(act: (value: Value) => void) =>
        (value: Value): void => {
          leave()
          act(value)
        }
      const waiter: Waiter = { resolve: settle(resolve), reject: settle(reject) }
      const abort = (): void => waiter.reject(signal.reason)
      const waiters = this.#waiters.get(id) ?? new Set()
      this.#waiters.set(id, waiters.add(waiter))
      signal.addEventListener('abort', abort)
    })
  }

  /** Jobs that somebody waits for. */
  get ids(): readonly JobId[] {
    return [...this.#waiters.keys()]
  }

  refuse(id: JobId, reason: Error): void {
    for (const waiter of this.#waiters.get(id) ?? []) waiter.reject(reason)
  }

  close(reason: Error): void {
    for (const waiter of [...this.#waiters.values()].flatMap((waiters) => [...waiters])) waiter.reject(reason)
  }
}
