import { queueError } from '../errors.js'
import { Batch } from './batch.js'
import type { Database } from './database.js'

/** What a `GroupCommit` tells its owner. */
export interface CommitListener {
  /** The batch is durable; its promise resolves right after. */
  committed(batch: Batch): void
  /** Nothing of the failed batches was stored; memory must be made anew from the store. */
  failed(error: Error): void
}

/** Commits between two checkpoints. About 1000 pages at full load: some 10 ms on a thread of its own. */
const commitsPerCheckpoint = 200

/**
 * Writes changes in groups: what one turn of the event loop changed, or what was changed while the commit before ran,
 * is one transaction. One commit at a time, in order.
 */
export class GroupCommit {
  readonly #db: Database
  readonly #listener: CommitListener
  #open: Batch | undefined
  #writing: Batch | undefined
  #scheduled = false
  #commits = 0
  #checkpoint: Promise<void> | undefined

  constructor(db: Database, listener: CommitListener) {
    this.#db = db
    this.#listener = listener
  }

  /** The batch that takes changes now; it is written soon. */
  get batch(): Batch {
    if (this.#open === undefined) {
      this.#open = new Batch()
      this.#schedule()
    }
    return this.#open
  }

  /** Resolves when everything that was changed up to now is durable. */
  settled(): Promise<void> {
    return (this.#open ?? this.#writing)?.committed ?? Promise.resolve()
  }

  /** Like `settled`, for one job only: most reads need not wait for other jobs' commits. */
  settledFor(id: string): Promise<void> {
    const batch = [this.#open, this.#writing].find((candidate) => candidate?.touches(id) === true)
    return batch?.committed ?? Promise.resolve()
  }

  /** Whether changes of the job wait for their commit. */
  isPending(id: string): boolean {
    return this.#open?.touches(id) === true || this.#writing?.touches(id) === true
  }

  /** Everything written, and no checkpoint on its way. */
  async idle(): Promise<void> {
    while (this.#open !== undefined || this.#writing !== undefined) await this.settled().catch(() => undefined)
    await this.#checkpoint
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing !== undefined) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      void this.#write()
    })
  }

  async #write(): Promise<void> {
    const batch = this.#open
    if (batch === undefined) return
    this.#open = undefined
    this.#writing = batch
    try {
      await this.#db.write(batch.script())
    } catch (error) {
      await this.#fail(batch, error)
      return
    }
    this.#writing = undefined
    if (this.#open !== undefined) this.#schedule()
    this.#listener.committed(batch)
    batch.succeed()
    this.#maybeCheckpoint()
  }

  /** Later changes were made on top of the failed ones, so that they fail with them. */
  async #fail(batch: Batch, cause: unknown): Promise<void> {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const error = queueError('STORE_UNAVAILABLE', `The job store could not be written: ${reason}`, { cause })
    // A statement that failed leaves the transaction open; where the commit itself failed there is none.
    await this.#db.write('ROLLBACK').catch(() => undefined)
    const later = this.#open
    this.#open = undefined
    this.#writing = undefined
    this.#listener.failed(error)
    batch.fail(error)
    later?.fail(error)
  }

  #maybeCheckpoint(): void {
    if (++this.#commits < commitsPerCheckpoint || this.#checkpoint !== undefined) return
    this.#commits = 0
    // A checkpoint that finds the file busy is no loss: the next one does its work.
    this.#checkpoint = this.#db
      .checkpoint()
      .catch(() => undefined)
      .finally(() => {
        this.#checkpoint = undefined
      })
  }
}
