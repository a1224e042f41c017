import type { CommandResult, JournalEntry } from '@netpulse/core'
import type { Claim, JobStore } from '@netpulse/queue'

/**
 * Writes how far one attempt came. What must be durable before the next byte is awaited (`write`); the answers of
 * lines are only noted (`note`): while one write is under way, later notes join into the next.
 */
export class JournalWriter {
  readonly #jobs: Pick<JobStore, 'journal'>
  readonly #claim: Claim
  #waiting: { entry: JournalEntry; answers: CommandResult[] } | undefined
  #writing: Promise<void> | undefined
  #failure: unknown
  #closed = false

  constructor(jobs: Pick<JobStore, 'journal'>, claim: Claim) {
    this.#jobs = jobs
    this.#claim = claim
  }

  /** Notes an entry without waiting. A failed write shows at the next `check` or `write`. */
  note(entry: JournalEntry, answers: readonly CommandResult[] = []): void {
    if (this.#closed) return
    this.#waiting = { entry, answers: [...(this.#waiting?.answers ?? []), ...answers] }
    this.#writing ??= this.#run()
  }

  /** Resolves when the entry, and everything before it, is stored. @throws STALE_CLAIM, STORE_UNAVAILABLE */
  async write(entry: JournalEntry): Promise<void> {
    this.check()
    this.note(entry)
    await this.flush()
    this.check()
  }

  /** Resolves when nothing is being written any more, failed or not. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  /** @throws what an earlier write failed with */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /**
   * Takes no further entry. What still waits is sent off without waiting for what is under way: the job's end, which
   * comes next, is written after it.
   */
  close(): void {
    this.#closed = true
    const last = this.#waiting
    this.#waiting = undefined
    if (last !== undefined) void this.#jobs.journal(this.#claim, last.entry, last.answers).catch(() => undefined)
  }

  async #run(): Promise<void> {
    try {
      for (let next = this.#waiting; next !== undefined; next = this.#waiting) {
        this.#waiting = undefined
        await this.#jobs.journal(this.#claim, next.entry, next.answers)
      }
    } catch (error) {
      this.#failure = error
      this.#closed = true
      this.#waiting = undefined
    } finally {
      this.#writing = undefined
    }
  }
}
