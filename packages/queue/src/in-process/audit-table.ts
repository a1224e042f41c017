import type { AuditHead } from '@netpulse/core'
import { emptyAuditHead } from '@netpulse/core'
import type { AuditLine } from '../audit-log.js'
import type { Database, Row } from './database.js'
import { numberOf } from './sql-text.js'

const lineOf = (row: Row): AuditLine => ({ number: Number(row['n']), text: String(row['body']) })

/** Stored entries of the audit record: what is committed. */
export class AuditTable {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Where the chain ends, and its first number that is kept. */
  ends(): { readonly head: AuditHead; readonly first: number } {
    const last = this.before(Number.MAX_SAFE_INTEGER, 1)[0]
    if (last === undefined) return { head: emptyAuditHead, first: 1 }
    const { number, hash } = JSON.parse(last.text) as AuditHead
    return { head: { number, hash }, first: this.oldest()?.number ?? number }
  }

  /** The first one that is kept, and when it happened. */
  oldest(): { readonly number: number; readonly atMs: number } | undefined {
    const row = this.#db.read('SELECT n, at FROM audit ORDER BY n LIMIT 1')[0]
    return row === undefined ? undefined : { number: Number(row['n']), atMs: Number(row['at']) }
  }

  /** Number of the last of the first ones that are older than an instant, among so many. */
  lastOlder(thanMs: number, among: number): number | undefined {
    const sql = 'SELECT max(n) AS n FROM (SELECT n, at FROM audit ORDER BY n LIMIT ?) WHERE at < ?'
    return numberOf(this.#db.read(sql, among, thanMs)[0]?.['n'])
  }

  hashOf(number: number): string | undefined {
    const row = this.#db.read('SELECT body FROM audit WHERE n = ?', number)[0]
    return row === undefined ? undefined : (JSON.parse(String(row['body'])) as AuditHead).hash
  }

  before(number: number, limit: number): readonly AuditLine[] {
    return this.#db.read('SELECT n, body FROM audit WHERE n < ? ORDER BY n DESC LIMIT ?', number, limit).map(lineOf)
  }

  after(number: number, limit: number): readonly AuditLine[] {
    return this.#db.read('SELECT n, body FROM audit WHERE n > ? ORDER BY n LIMIT ?', number, limit).map(lineOf)
  }
}
