import type { DeviceId } from '@netpulse/core'
import type { DeviceHold } from '../backend.js'
import type { Batch } from './batch.js'
import type { Database } from './database.js'
import { literal, tuple } from './sql-text.js'

/** Stored holds. */
export class HoldTable {
  readonly #db: Database
  readonly #batch: () => Batch

  constructor(db: Database, batch: () => Batch) {
    this.#db = db
    this.#batch = batch
  }

  all(): readonly DeviceHold[] {
    return this.#db.read('SELECT device, reason, since FROM hold ORDER BY since, device').map((row) => ({
      device: row['device'] as DeviceId,
      reason: String(row['reason']),
      since: new Date(Number(row['since'])),
    }))
  }

  save(hold: DeviceHold): void {
    const row = tuple([hold.device, hold.reason, hold.since.getTime()])
    this.#batch().statement(`INSERT OR IGNORE INTO hold VALUES${row}`)
  }

  remove(device: DeviceId): void {
    this.#batch().statement(`DELETE FROM hold WHERE device=${literal(device)}`)
  }
}
