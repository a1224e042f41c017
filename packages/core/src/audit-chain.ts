import type { AuditEntry, AuditHead } from './audit-entry.js'
import type { JsonObject, JsonValue } from './json.js'
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

const isInOrder = (value: JsonValue): boolean => {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isInOrder)
  let before = ''
  for (const key of Object.keys(value)) {
    if (key < before || !isInOrder((value as JsonObject)[key] ?? null)) return false
    before = key
  }
  return true
}

/** Canonical JSON; several times faster where keys are in order already, as those are that are made to be sealed. */
const canonicalText = (value: JsonValue): string => (isInOrder(value) ? JSON.stringify(value) : canonicalJson(value))

/** What stands before and behind the hash in the canonical JSON of an entry. */
export interface AuditPieces {
  readonly before: string
  readonly behind: string
}

/** The pieces of an entry that has no hash yet. */
export function auditPieces(entry: Omit<AuditEntry, 'hash'>): AuditPieces {
  const { action, actor, at, details, device, host, job, number, outcome, previous, source } = entry
  const before = canonicalText({ action, actor: { ...actor }, at, details, device })
  return {
    before: before.slice(0, -1),
    behind: canonicalText({ host, job, number, outcome, previous, source }).slice(1),
  }
}

/** As `auditText`. */
export const textOfPieces = ({ before, behind }: AuditPieces): string => `${before},${behind}`

/** As `auditLine`. */
export const lineOfPieces = ({ before, behind }: AuditPieces, hash: string): string =>
  `${before},"hash":"${hash}",${behind}`

const inOrder = (value: JsonValue): JsonValue => {
  if (typeof value !== 'object' || value === null || isInOrder(value)) return value
  if (Array.isArray(value)) return value.map(inOrder)
  const object = value as JsonObject
  const sorted: Record<string, JsonValue> = {}
  for (const key of Object.keys(object).sort()) {
    const item = object[key]
    if (item !== undefined) sorted[key] = inOrder(item)
  }
  return sorted
}

/** The same data with its keys in order, as far as an object can have them: what `canonicalText` is quick with. */
export const inKeyOrder = (value: JsonObject): JsonObject => inOrder(value) as JsonObject
