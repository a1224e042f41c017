import type { CommandResult, JobId, JobRecord, JobStatus } from '@netpulse/core'
import type { Database, Row } from './database.js'
import { recordOf } from './record-text.js'
import type { SqlValue } from './sql-text.js'
import { numberOf } from './sql-text.js'

const recordColumns = `job.seq, job.status, job.queue, job.device, job.node, job.attempt, job.state,
  request.body AS request, result.body AS result, secret.body AS sealed`
const recordTables =
  'job JOIN request ON request.seq = job.seq LEFT JOIN result ON result.seq = job.seq LEFT JOIN secret ON secret.seq = job.seq'

/** A condition on `job`, with its values. */
export interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** A job whose retention is over. */
export interface Purgeable {
  readonly seq: number
  readonly status: JobStatus
  readonly isErrand: boolean
}

/** Reads of the job tables: what is committed, nothing else. */
export class JobTable {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** @param nowMs records whose retention is over by then are not found */
  find(id: JobId, nowMs: number): JobRecord | undefined {
    return this.#record('job.id = ? AND (job.purge_at IS NULL OR job.purge_at > ?)', id, nowMs)
  }

  /** Also finds what is only waiting to be purged. */
  findStored(id: JobId): JobRecord | undefined {
    return this.#record('job.id = ?', id)
  }

  findKey(seq: number): JobRecord | undefined {
    return this.#record('job.seq = ?', seq)
  }

  /** @throws Error when the row is missing: a bug */
  get(seq: number): JobRecord {
    const record = this.findKey(seq)
    if (record === undefined) throw new Error(`The job store has lost row ${seq}.`)
    return record
  }

  /** Which of the ids are stored. */
  stored(ids: readonly JobId[]): ReadonlySet<JobId> {
    const rows = this.#db.read('SELECT id FROM job WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
    return new Set(rows.map((row) => row['id'] as JobId))
  }

  /** Keys of the newest jobs between two keys that fit, newest first. */
  newest(range: { readonly below: number; readonly from: number }, where: Condition, limit: number): readonly number[] {
    const sql = `SELECT seq FROM job WHERE seq < ? AND seq >= ? ${where.sql} ORDER BY seq DESC LIMIT ?`
    return this.#db.read(sql, range.below, range.from, ...where.values, limit).map((row) => Number(row['seq']))
  }

  /** Lowest and highest key. */
  bounds(): { readonly lowest: number; readonly highest: number } {
    const row = this.#db.read('SELECT (SELECT min(seq) FROM job) AS low, (SELECT max(seq) FROM job) AS high')[0]
    return { lowest: Number(row?.['low'] ?? 0), highest: Number(row?.['high'] ?? 0) }
  }

  counts(): ReadonlyMap<JobStatus, number> {
    const rows = this.#db.read('SELECT status, count(*) AS n FROM job WHERE errand = 0 GROUP BY status')
    return new Map(rows.map((row) => [row['status'] as JobStatus, Number(row['n'])]))
  }

  /** Jobs in one state, in order, after a key: what memory keeps of them. */
  inState(status: JobStatus, afterSeq: number, limit: number): readonly Row[] {
    const sql = `SELECT seq, id, status, device, kind, lane, expires, max_attempts, errand, attempt, due, state FROM job
      WHERE status = ? AND seq > ? ORDER BY seq LIMIT ?`
    return this.#db.read(sql, status, afterSeq, limit)
  }

  answerCount(seq: number): number {
    return Number(this.#db.read('SELECT count(*) AS n FROM answer WHERE job = ?', seq)[0]?.['n'] ?? 0)
  }

  /** Jobs whose retention is over, longest over first. */
  purgeable(nowMs: number, limit: number): readonly Purgeable[] {
    const sql = 'SELECT seq, status, errand FROM job WHERE purge_at <= ? ORDER BY purge_at LIMIT ?'
    return this.#db.read(sql, nowMs, limit).map((row) => ({
      seq: Number(row['seq']),
      status: row['status'] as JobStatus,
      isErrand: row['errand'] === 1,
    }))
  }

  nextPurge(): number | undefined {
    const row = this.#db.read('SELECT min(purge_at) AS at FROM job WHERE purge_at IS NOT NULL')[0]
    return numberOf(row?.['at'])
  }

  #record(where: string, ...values: readonly SqlValue[]): JobRecord | undefined {
    const row = this.#db.read(`SELECT ${recordColumns} FROM ${recordTables} WHERE ${where}`, ...values)[0]
    if (row === undefined) return undefined
    return recordOf(row as unknown as Parameters<typeof recordOf>[0], this.#answers(row))
  }

  #answers(row: Row): readonly CommandResult[] {
    if (row['status'] !== 'started') return []
    const rows = this.#db.read('SELECT body FROM answer WHERE job = ? ORDER BY n', Number(row['seq']))
    return rows.map((answer) => JSON.parse(String(answer['body'])) as CommandResult)
  }
}
