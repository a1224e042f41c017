import { toErrorData } from '@netpulse/core'
import type { Kernel } from './kernel.js'

/** Jobs that one turn expires, makes due or purges. */
const sliceSize = 500
/** Purges are collected for this long. Reads do not show what waits to be purged. Milliseconds. */
const purgeEveryMs = 1000

/** What happens by time alone: expiry, due retries, the end of retention. */
export class Housekeeping {
  readonly #kernel: Kernel
  #purging = false

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Expires what is over and wakes what fell due; the timer is for the earliest. */
  due(): void {
    const kernel = this.#kernel
    if (!kernel.isOpen) return
    const nowMs = kernel.now().getTime()
    let left = sliceSize
    for (; left > 0; left--) {
      const expired = kernel.state.expiries.first
      if (expired === undefined || !kernel.expireWhenDue(expired.item)) break
    }
    for (; left > 0; left--) {
      const retry = kernel.state.retries.takeDue(nowMs)
      if (retry === undefined) break
      kernel.state.fallDue(retry)
      kernel.wakeLane(retry)
    }
    kernel.armTimers()
  }

  purge(): void {
    if (this.#purging || !this.#kernel.isOpen) return
    this.#purging = true
    this.#purgeAll()
      .catch((error: unknown) => {
        // The failed write has been reported to the log by the kernel; the purge is tried again with the next alarm.
        this.#kernel.log.warn({ error: toErrorData(error).message }, 'A purge was put off.')
      })
      .finally(() => {
        this.#purging = false
        this.#arm()
      })
  }

  /** Slice by slice, each in a commit of its own, others' changes with it. */
  async #purgeAll(): Promise<void> {
    const kernel = this.#kernel
    for (;;) {
      const rows = kernel.isOpen ? kernel.jobs.purgeable(kernel.now().getTime(), sliceSize) : []
      if (rows.length === 0) return
      const keys = rows.map(({ seq }) => seq).join(',')
      for (const { status, isErrand } of rows) if (!isErrand) kernel.state.counts[status]--
      for (const table of ['job', 'request', 'result']) {
        kernel.batch.statement(`DELETE FROM ${table} WHERE seq IN (${keys})`)
      }
      kernel.outbox.forget(rows.map(({ seq }) => seq))
      kernel.batch.statement(`DELETE FROM tag WHERE job IN (${keys})`)
      // Keys are never given twice, even when the newest jobs are gone: cursors and events refer to them.
      kernel.batch.statement(`UPDATE meta SET value=max(value,${kernel.state.lastJob}) WHERE name='last_job'`)
      await kernel.commit.settled()
    }
  }

  #arm(): void {
    const kernel = this.#kernel
    if (!kernel.isOpen) return
    const next = kernel.jobs.nextPurge()
    if (next !== undefined) kernel.purgeAlarm.set(Math.max(next, kernel.now().getTime() + purgeEveryMs))
  }
}
