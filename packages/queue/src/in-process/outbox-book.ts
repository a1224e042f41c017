import type { JobRecord, WebhookEvent } from '@netpulse/core'
import { endEventOf } from '@netpulse/core'
import type { DeliveryAttempt, DeliveryVerdict, DueRequest, OutboxLimits } from '../outbox.js'
import { claimMarginMs, longestDeliveryLog } from '../outbox.js'
import type { Batch } from './batch.js'
import type { Database } from './database.js'
import type { OpenDelivery } from './delivery-table.js'
import { DeliveryTable } from './delivery-table.js'
import type { Due } from './due-queue.js'
import type { JobEntry } from './job-entry.js'
import { OriginQueues } from './origin-queues.js'

/** An open delivery with who attempts it now. */
export interface Claimed extends OpenDelivery {
  claim?: string | undefined
  due?: Due<never> | undefined
}

/** What the book needs of the kernel. */
export interface BookParts {
  readonly db: Database
  readonly limits: OutboxLimits
  readonly batch: () => Batch
  /** Something may be due now, or at an instant. */
  readonly due: (atMs: number) => void
  /** The job may have to be purged at an instant. */
  readonly purge: (atMs: number) => void
  /** The record of a job that is stored. */
  readonly jobOf: (seq: number) => JobRecord | undefined
}

/** Webhook deliveries that are pending or dead, in memory and in the open batch at once; all others are in the table only. */
export class OutboxBook {
  readonly table: DeliveryTable
  readonly #parts: BookParts
  #queues = new OriginQueues<Claimed>()
  /** By job, by number. */
  #open = new Map<number, Map<number, Claimed>>()
  #dead = new Map<number, Claimed>()
  /** When jobs that ended lately would be purged without their deliveries. */
  readonly #ownPurge = new Map<number, number>()
  #lastDead = 0
  #claims = 0
  #isUsed = false

  constructor(parts: BookParts) {
    this.#parts = parts
    this.table = new DeliveryTable(parts.db, parts.batch)
  }

  /** Reads the table into memory. Attempts that run keep their claims. */
  load(): void {
    const before = this.#open
    this.#queues = new OriginQueues()
    this.#open = new Map()
    this.#dead = new Map()
    this.#ownPurge.clear()
    this.#isUsed = this.table.isUsed()
    for (const delivery of this.table.open()) {
      const claim = before.get(delivery.seq)?.get(delivery.number)?.claim
      this.#enter({ ...delivery, claim })
    }
    this.#parts.due(0)
  }

  /** Puts in a start, when the job's webhook wants it. */
  started(entry: JobEntry, record: JobRecord, atMs: number): void {
    this.#put(entry, record, 'job.started', atMs)
  }

  /** Puts in an end: the event, or what the status says. Answers when the job is to be purged. */
  ended(entry: JobEntry, record: JobRecord, event: WebhookEvent = endEventOf(record.status)): number {
    const atMs = record.endedAt!.getTime()
    this.#put(entry, record, event, atMs)
    const ownMs = atMs + record.resultTtlSeconds * 1000
    if (this.#open.has(entry.seq)) this.#ownPurge.set(entry.seq, ownMs)
    return Math.max(ownMs, this.#keepUntil(entry.seq))
  }

  claim(request: DueRequest, nowMs: number): readonly Claimed[] {
    const { items, nextMs } = this.#queues.take(request, nowMs, (item) => nowMs + item.timeoutMs + claimMarginMs)
    for (const item of items) item.claim = String(++this.#claims)
    if (nextMs !== undefined) this.#parts.due(nextMs)
    return items
  }

  /** What a claim stands for, while it is not stale. */
  claimed(seq: number, number: number, claim: string): Claimed | undefined {
    const delivery = this.#open.get(seq)?.get(number)
    return delivery?.state === 'pending' && delivery.claim === claim ? delivery : undefined
  }

  settle(delivery: Claimed, verdict: DeliveryVerdict, nowMs: number): void {
    delivery.claim = undefined
    if (verdict.state === 'released') return this.#wait(delivery, nowMs)
    delivery.attempts++
    const log = this.#logWith(delivery, verdict.attempt)
    if (verdict.state === 'retry') {
      delivery.dueMs = nowMs + verdict.delayMs
      // Before anybody is told: who claims it reads what this commit brings.
      this.table.update(delivery, 'pending', log)
      this.#wait(delivery, delivery.dueMs)
    } else if (verdict.state === 'dead') this.#die(delivery, log, nowMs)
    else {
      this.#leave(delivery)
      this.table.update(delivery, 'delivered', log)
    }
    this.#keepJob(delivery.seq, nowMs)
  }

  /** A dead delivery with all its attempts before it. */
  replay(seq: number, number: number, nowMs: number): boolean {
    const delivery = this.#open.get(seq)?.get(number)
    if (delivery?.state !== 'dead') return false
    this.#dead.delete(delivery.dead)
    Object.assign(delivery, { state: 'pending', attempts: 0, dueMs: nowMs, dead: 0, deadAtMs: 0 })
    this.table.update(delivery, 'pending')
    this.#wait(delivery, nowMs)
    this.#keepJob(seq, nowMs)
    return true
  }

  /** Jobs are purged, and their deliveries with them. */
  forget(seqs: readonly number[]): void {
    if (!this.#isUsed) return
    for (const seq of seqs) {
      for (const delivery of [...(this.#open.get(seq)?.values() ?? [])]) this.#leave(delivery)
      this.#ownPurge.delete(seq)
    }
    this.table.forget(seqs)
  }

  #put(entry: JobEntry, record: JobRecord, event: WebhookEvent, atMs: number): void {
    const { webhook } = record.request
    if (webhook?.events.includes(event) !== true) return
    entry.deliveries ??= this.table.countOf(entry.seq)
    const delivery: Claimed = {
      seq: entry.seq,
      number: ++entry.deliveries,
      jobId: entry.id,
      event,
      origin: webhook.origin,
      atMs,
      timeoutMs: webhook.timeoutSeconds * 1000,
      state: 'pending',
      attempts: 0,
      dueMs: atMs,
      dead: 0,
      deadAtMs: 0,
    }
    this.#isUsed = true
    this.table.add(delivery)
    this.#keep(delivery)
    // Nobody may see it before it is stored.
    this.#parts.batch().afterCommit(() => {
      if (this.#open.get(delivery.seq)?.get(delivery.number) === delivery) this.#wait(delivery, atMs)
    })
  }

  #enter(delivery: Claimed): void {
    this.#keep(delivery)
    if (delivery.state === 'dead') {
      this.#dead.set(delivery.dead, delivery)
      this.#lastDead = Math.max(this.#lastDead, delivery.dead)
    } else
      this.#queues.set(
        delivery,
        delivery.dueMs + (delivery.claim === undefined ? 0 : delivery.timeoutMs + claimMarginMs),
      )
  }

  #keep(delivery: Claimed): void {
    const ofJob = this.#open.get(delivery.seq) ?? new Map<number, Claimed>()
    this.#open.set(delivery.seq, ofJob.set(delivery.number, delivery))
  }

  #wait(delivery: Claimed, dueMs: number): void {
    this.#queues.set(delivery, dueMs)
    this.#parts.due(dueMs)
  }

  #leave(delivery: Claimed): void {
    this.#queues.remove(delivery)
    if (delivery.state === 'dead') this.#dead.delete(delivery.dead)
    const ofJob = this.#open.get(delivery.seq)
    ofJob?.delete(delivery.number)
    if (ofJob?.size === 0) this.#open.delete(delivery.seq)
  }

  #die(delivery: Claimed, log: readonly DeliveryAttempt[], nowMs: number): void {
    this.#queues.remove(delivery)
    Object.assign(delivery, { state: 'dead', dead: ++this.#lastDead, deadAtMs: nowMs })
    this.#dead.set(delivery.dead, delivery)
    this.table.update(delivery, 'dead', log)
    while (this.#dead.size > this.#parts.limits.maxDead) this.#dropOldestDead(nowMs)
  }

  #dropOldestDead(nowMs: number): void {
    const [oldest] = this.#dead.values()
    if (oldest === undefined) return
    this.#leave(oldest)
    this.table.remove(oldest)
    this.#keepJob(oldest.seq, nowMs)
  }

  /** One attempt after another: what is stored is the log so far. */
  #logWith({ seq, number }: Claimed, attempt: DeliveryAttempt): readonly DeliveryAttempt[] {
    const before = this.table.find(seq, number)?.log ?? []
    return [...before, attempt].slice(-longestDeliveryLog)
  }

  #keepUntil(seq: number): number {
    const { pendingMs, deadMs } = this.#parts.limits
    let untilMs = 0
    for (const { state, dueMs, deadAtMs } of this.#open.get(seq)?.values() ?? [])
      untilMs = Math.max(untilMs, state === 'dead' ? deadAtMs + deadMs : dueMs + pendingMs)
    return untilMs
  }

  /** An ended job stays as long as its deliveries say, and its own retention. */
  #keepJob(seq: number, nowMs: number): void {
    const ownMs = this.#ownPurge.get(seq) ?? this.#storedPurge(seq)
    if (!this.#open.has(seq)) this.#ownPurge.delete(seq)
    if (ownMs === undefined) return
    const atMs = Math.max(ownMs, this.#keepUntil(seq), nowMs)
    this.table.purgeJobAt(seq, atMs)
    this.#parts.purge(atMs)
  }

  /** `undefined` while the job runs. */
  #storedPurge(seq: number): number | undefined {
    const job = this.#parts.jobOf(seq)
    return job?.endedAt === undefined ? undefined : job.endedAt.getTime() + job.resultTtlSeconds * 1000
  }
}
