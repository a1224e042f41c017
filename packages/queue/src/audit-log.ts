import type { AuditAct, AuditAction, AuditEntry, AuditHead } from '@netpulse/core'
import type { Page, PageRequest } from './backend.js'

/** Which entries of the audit record; what is said combines. */
export interface AuditFilter {
  /** At or after / before. */
  readonly since?: Date
  readonly until?: Date
  /** Id of the API key. */
  readonly actor?: string
  readonly device?: string
  readonly host?: string
  readonly action?: AuditAction
  readonly outcome?: string
  readonly job?: string
}

/** How long the audit record keeps its entries; the oldest go, and an entry `audit.cut` says up to where. */
export interface AuditLimits {
  /** Milliseconds. @defaultValue 2592000000, 30 days */
  readonly retentionMs: number
  /** From 1. @defaultValue 1000000 */
  readonly maxEntries: number
}

/** The limits where nobody says otherwise. */
export const auditLimits: AuditLimits = { retentionMs: 30 * 86_400_000, maxEntries: 1_000_000 }

/** Most entries that one question is answered with. */
export const largestAuditSlice = 1000

/**
 * The audit record: who did what to which device, with which outcome. Entries about jobs are put in by the step that makes
 * them true (accepted; ended in whichever way), each once, for jobs that carry `audit`; all others by `append`. Each holds
 * the hash of the one before. What was put in before a question is in its answer.
 */
export interface AuditLog {
  /** Puts in something that is no job's, after the act. */
  append(act: AuditAct): Promise<void>
  /**
   * Newest first. A page may be short, also empty, and have a cursor: what fits is then further on.
   * @throws INVALID_CURSOR
   */
  list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>
  /** Entries with greater numbers, oldest first, as `auditLine` writes them; at most `limit`, 1 to 1000. */
  lines(after: number, limit: number): Promise<readonly AuditLine[]>
  head(): Promise<AuditHead>
}

/** An entry as text. */
export interface AuditLine {
  readonly number: number
  readonly text: string
}
