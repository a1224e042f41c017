import { createHash } from 'node:crypto'
import type { AuditAct, AuditHead, JsonObject } from '@netpulse/core'
import { auditPieces, lineOfPieces, textOfPieces } from '@netpulse/core'
import type { AuditLimits, AuditLine } from './audit-log.js'

/** An act and when it happened. */
export interface TimedAct {
  readonly at: Date
  readonly act: AuditAct
}

/** Gives acts their places in a chain, one after the other. */
export class AuditSealer {
  #head: AuditHead

  constructor(head: AuditHead) {
    this.#head = head
  }

  /** Where the chain ends now. */
  get head(): AuditHead {
    return this.#head
  }

  seal({ at, act }: TimedAct): AuditLine {
    const number = this.#head.number + 1
    const pieces = auditPieces({ ...act, number, at: at.toISOString(), previous: this.#head.hash })
    const hash = createHash('sha256').update(textOfPieces(pieces)).digest('hex')
    this.#head = { number, hash }
    return { number, text: lineOfPieces(pieces, hash) }
  }
}

/** The entry that says that the old end of the record was cut off. */
export const cutAct = (details: { readonly from: number; readonly to: number; readonly hash: string }): AuditAct => ({
  action: 'audit.cut',
  actor: { id: '', name: '' },
  source: null,
  device: null,
  host: null,
  job: null,
  outcome: 'succeeded',
  details: details satisfies JsonObject,
})

/** Entries that one cut takes: bounds how long a store is busy with it. */
export const longestAuditCut = 5000

/**
 * Number of the last entry that goes because there are too many; 0: none. Some go at once, since each cut is an entry
 * itself.
 */
export function excessOf(first: number, head: number, { maxEntries }: AuditLimits): number {
  const excess = head - first + 1 - maxEntries
  return excess >= Math.min(Math.max(1, maxEntries / 20), longestAuditCut)
    ? first + Math.min(excess, longestAuditCut) - 1
    : 0
}

/** Entries are kept this much longer than they must be, so that one cut takes many. Milliseconds. */
export const auditSlackMs = ({ retentionMs }: AuditLimits): number => Math.min(3_600_000, retentionMs / 10)
