import type { JobEvent, JobId, JobStatus } from '@netpulse/core'
import { isFinal } from '@netpulse/core'
import type { Database, Row } from './database.js'
import { numberOf } from './sql-text.js'

const eventOf = (row: Row): JobEvent => ({
  jobId: row['job_id'] as JobId,
  sequence: Number(row['seq']),
  at: new Date(Number(row['at'])),
  type: row['type'] as JobEvent['type'],
  data: JSON.parse(String(row['data'])),
})

/** The stored event log. */
export class EventTable {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Events after a sequence, in order, of all jobs or of one. */
  after(sequence: number, limit: number, job: number | undefined): readonly JobEvent[] {
    const rows =
      job === undefined
        ? this.#db.read('SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?', sequence, limit)
        : this.#db.read('SELECT * FROM event WHERE job = ? AND seq > ? ORDER BY seq LIMIT ?', job, sequence, limit)
    return rows.map(eventOf)
  }

  /** Key of a job's rows; `undefined` when it is not stored. */
  jobKey(id: JobId): number | undefined {
    const row = this.#db.read('SELECT seq FROM job WHERE id = ?', id)[0]
    return row === undefined ? undefined : Number(row['seq'])
  }

  /** Whether the job has ended, or is gone. */
  isOver(id: JobId): boolean {
    const row = this.#db.read('SELECT status FROM job WHERE id = ?', id)[0]
    return row === undefined || isFinal(row['status'] as JobStatus)
  }

  /** Highest sequence; 0 when there is none. */
  latest(): number {
    return numberOf(this.#db.read('SELECT max(seq) AS seq FROM event')[0]?.['seq']) ?? 0
  }

  /** Lowest sequence that is kept. */
  oldest(): number | undefined {
    const row = this.#db.read('SELECT min(seq) AS seq FROM event')[0]
    return numberOf(row?.['seq'])
  }
}
