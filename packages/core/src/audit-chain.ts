import type { AuditEntry, AuditHead } from './audit-entry.js'
import type { JsonValue } from './json.js'
import { canonicalJson } from './json.js'

/** What the first entry of a chain has for the hash of the one before. */
export const auditBeginning = '0'.repeat(64)

/** The head of a chain without entries. */
export const emptyAuditHead: AuditHead = { number: 0, hash: auditBeginning }

/** The text whose SHA-256 is the entry's hash. */
export function auditText(entry: Omit<AuditEntry, 'hash'>): string {
  const { hash: _, ...hashed } = entry as AuditEntry
  return canonicalJson(hashed as unknown as JsonValue)
}

/** An entry as it is stored and exported: canonical JSON on one line. */
export const auditLine = (entry: AuditEntry): string => canonicalJson(entry as unknown as JsonValue)
