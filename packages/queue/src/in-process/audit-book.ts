import type { AuditAct, Clock, JobRecord, NewJob } from '@netpulse/core'
import { emptyAuditHead } from '@netpulse/core'
import { acceptedAct, auditBaseOf, auditResultsOf, endedAct } from '../audit-job.js'
import type { AuditLimits } from '../audit-log.js'
import { AuditSealer, auditSlackMs, cutAct, excessOf, longestAuditCut } from '../audit-seal.js'
import { AuditTable } from './audit-table.js'
import type { Batch } from './batch.js'
import type { Database } from './database.js'
import { Alarm } from './due-queue.js'

/** What the book needs of the kernel. */
export interface AuditBookParts {
  readonly db: Database
  readonly limits: AuditLimits
  readonly clock: Clock
  readonly batch: () => Batch
}

/** The end of the chain in memory; each entry goes into the open batch, and so is true exactly when its step is. */
export class AuditBook {
  readonly table: AuditTable
  readonly #parts: AuditBookParts
  readonly #alarm: Alarm
  #sealer = new AuditSealer(emptyAuditHead)
  #first = 1

  constructor(parts: AuditBookParts) {
    this.#parts = parts
    this.table = new AuditTable(parts.db)
    this.#alarm = new Alarm(parts.clock, () => this.#cutOld())
  }

  get head(): AuditSealer['head'] {
    return this.#sealer.head
  }

  /** Reads the table's ends into memory; entries of a failed write are none. */
  load(): void {
    const { head, first } = this.table.ends()
    this.#sealer = new AuditSealer(head)
    this.#first = first
    this.#planCut()
  }

  /** Puts in that a job was accepted, when it carries `audit`. */
  accepted(job: NewJob): void {
    const base = auditBaseOf(job)
    if (base !== undefined) this.add(acceptedAct(base, job.audit?.request))
  }

  /** Puts in how a job ended. */
  ended(job: JobRecord): void {
    const base = auditBaseOf(job)
    if (base === undefined) return
    const { status, outcome = 'failed', attempt, startedAt, endedAt, node, worker, result } = job
    const { error } = result ?? {}
    this.add(
      endedAct(base, {
        ...{ status, outcome, attempt },
        endedAt: (endedAt ?? this.#parts.clock.now()).getTime(),
        ...(startedAt === undefined ? {} : { startedAt: startedAt.getTime() }),
        ...(node === undefined ? {} : { node }),
        ...(worker === undefined ? {} : { worker }),
        ...(error === undefined ? {} : { error }),
        ...(base.mode === 'full' && result !== undefined ? { results: auditResultsOf(result) } : {}),
      }),
    )
  }

  add(act: AuditAct): void {
    const at = this.#parts.clock.now()
    const isFirst = this.#sealer.head.number < this.#first
    const { number, text } = this.#sealer.seal({ at, act })
    this.#parts.batch().audit(number, at.getTime(), text)
    if (isFirst) this.#planCut(at.getTime())
  }

  /** Takes the oldest when there are too many. Called after commits. */
  trim(): void {
    const to = excessOf(this.#first, this.#sealer.head.number, this.#parts.limits)
    if (to > 0) this.#cut(to)
  }

  close(): void {
    this.#alarm.clear()
  }

  /** Of those whose time is over as many as one cut takes; the rest follows with the next commit. */
  #cutOld(): void {
    const { limits, clock } = this.#parts
    const untilMs = clock.now().getTime() - limits.retentionMs
    const oldest = this.table.oldest()
    const to = oldest && oldest.atMs + auditSlackMs(limits) <= untilMs && this.table.lastOlder(untilMs, longestAuditCut)
    if (to === undefined || to === false || !this.#cut(to)) return this.#planCut()
    this.#parts.batch().afterCommit(() => this.#cutOld())
  }

  #planCut(oldestMs = this.table.oldest()?.atMs): void {
    const { limits } = this.#parts
    if (oldestMs !== undefined) this.#alarm.set(oldestMs + limits.retentionMs + auditSlackMs(limits))
  }

  /** `false`: the entry is not committed yet. */
  #cut(to: number): boolean {
    const hash = this.table.hashOf(to)
    if (hash === undefined) return false
    const from = this.#first
    this.#first = to + 1
    this.#parts.batch().statement(`DELETE FROM audit WHERE n <= ${to}`)
    this.add(cutAct({ from, to, hash }))
    return true
  }
}
