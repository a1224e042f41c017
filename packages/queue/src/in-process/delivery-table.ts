import type { JobId, WebhookEvent } from '@netpulse/core'
import type { DeliveryAttempt, DeliveryState, WebhookDelivery } from '../outbox.js'
import { deliveryIdOf } from '../outbox.js'
import type { Batch } from './batch.js'
import type { Database, Row } from './database.js'
import { literal, numberOf, tuple } from './sql-text.js'

/** What memory keeps of a delivery that is pending or dead. */
export interface OpenDelivery {
  /** Key of the job's rows. */
  readonly seq: number
  readonly number: number
  readonly jobId: JobId
  readonly event: WebhookEvent
  readonly origin: string
  readonly atMs: number
  readonly timeoutMs: number
  state: 'pending' | 'dead'
  attempts: number
  dueMs: number
  /** Order and instant of its death; 0 while pending. */
  dead: number
  deadAtMs: number
}

interface AttemptText extends Omit<DeliveryAttempt, 'at'> {
  readonly at: number
}

const openOf = (row: Row): OpenDelivery => ({
  seq: Number(row['job']),
  number: Number(row['n']),
  jobId: row['job_id'] as JobId,
  event: row['event'] as WebhookEvent,
  origin: String(row['origin']),
  atMs: Number(row['at']),
  timeoutMs: Number(row['timeout']),
  state: row['state'] as OpenDelivery['state'],
  attempts: Number(row['attempts']),
  dueMs: Number(row['due'] ?? 0),
  dead: Number(row['dead'] ?? 0),
  deadAtMs: Number(row['dead_at'] ?? 0),
})

function deliveryOf(row: Row): WebhookDelivery {
  const due = numberOf(row['due'])
  return {
    id: deliveryIdOf(row['job_id'] as JobId, Number(row['n'])),
    jobId: row['job_id'] as JobId,
    event: row['event'] as WebhookEvent,
    origin: String(row['origin']),
    at: new Date(Number(row['at'])),
    state: row['state'] as DeliveryState,
    attempts: Number(row['attempts']),
    ...(due === undefined ? {} : { dueAt: new Date(due) }),
    log: (JSON.parse(String(row['log'])) as AttemptText[]).map((attempt) => ({ ...attempt, at: new Date(attempt.at) })),
  }
}

const keyOf = ({ seq, number }: Pick<OpenDelivery, 'seq' | 'number'>): string => `job=${seq} AND n=${number}`

/** Stored deliveries. Reads see what is committed. */
export class DeliveryTable {
  readonly #db: Database
  readonly #batch: () => Batch

  constructor(db: Database, batch: () => Batch) {
    this.#db = db
    this.#batch = batch
  }

  /** What is pending or dead, in the order of the jobs. */
  open(): readonly OpenDelivery[] {
    return this.#db.read('SELECT * FROM delivery WHERE due IS NOT NULL OR dead IS NOT NULL').map(openOf)
  }

  /** Whether there are any at all. */
  isUsed(): boolean {
    return this.#db.read('SELECT 1 FROM delivery LIMIT 1').length > 0
  }

  countOf(seq: number): number {
    return Number(this.#db.read('SELECT count(*) AS n FROM delivery WHERE job = ?', seq)[0]!['n'])
  }

  find(seq: number, number: number): WebhookDelivery | undefined {
    const row = this.#db.read('SELECT * FROM delivery WHERE job = ? AND n = ?', seq, number)[0]
    return row === undefined ? undefined : deliveryOf(row)
  }

  ofJob(seq: number): readonly WebhookDelivery[] {
    return this.#db.read('SELECT * FROM delivery WHERE job = ? ORDER BY n', seq).map(deliveryOf)
  }

  /** The dead below an order, latest first, with the order of each. */
  dead(below: number, limit: number): readonly { readonly order: number; readonly delivery: WebhookDelivery }[] {
    const rows = this.#db.read('SELECT * FROM delivery WHERE dead < ? ORDER BY dead DESC LIMIT ?', below, limit)
    return rows.map((row) => ({ order: Number(row['dead']), delivery: deliveryOf(row) }))
  }

  add(delivery: OpenDelivery): void {
    const { seq, number, jobId, event, origin, atMs, timeoutMs, state, attempts, dueMs } = delivery
    const row = [seq, number, jobId, event, origin, atMs, timeoutMs, state, attempts, dueMs, null, null, '[]']
    this.#batch().statement(`INSERT INTO delivery VALUES${tuple(row)}`)
  }

  /** Writes what changed; with a log only where there is a new one. */
  update(delivery: OpenDelivery, state: DeliveryState, log?: readonly DeliveryAttempt[]): void {
    const { attempts, dueMs, dead, deadAtMs } = delivery
    const times =
      state === 'pending' ? `due=${dueMs}` : state === 'dead' ? `due=NULL,dead=${dead},dead_at=${deadAtMs}` : 'due=NULL'
    const cleared = state === 'dead' ? '' : ',dead=NULL,dead_at=NULL'
    const logged = log === undefined ? '' : `,log=${literal(textOf(log))}`
    this.#batch().statement(
      `UPDATE delivery SET state=${literal(state)},attempts=${attempts},${times}${cleared}${logged} WHERE ${keyOf(delivery)}`,
    )
  }

  /** Takes one out altogether. */
  remove(delivery: OpenDelivery): void {
    this.#batch().statement(`DELETE FROM delivery WHERE ${keyOf(delivery)}`)
  }

  forget(seqs: readonly number[]): void {
    this.#batch().statement(`DELETE FROM delivery WHERE job IN (${seqs.join(',')})`)
  }

  /** When an ended job is to be purged. */
  purgeJobAt(seq: number, atMs: number): void {
    this.#batch().statement(`UPDATE job SET purge_at=${atMs} WHERE seq=${seq} AND purge_at IS NOT NULL`)
  }
}

const textOf = (log: readonly DeliveryAttempt[]): string =>
  JSON.stringify(log.map((attempt): AttemptText => ({ ...attempt, at: attempt.at.getTime() })))
