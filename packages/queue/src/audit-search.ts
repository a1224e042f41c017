import type { AuditEntry } from '@netpulse/core'
import type { AuditFilter, AuditLine } from './audit-log.js'
import type { Page, PageRequest } from './backend.js'
import { assertPageLimit, cursorOf, keyOf } from './page.js'

/** Entries that one page looks at when few of them fit. */
const mostLooks = 20_000
const looksAtOnce = 500

/** Entries with smaller numbers, newest first. */
export type ReadAuditBefore = (number: number, limit: number) => Promise<readonly AuditLine[]>

/** Words that an entry must have in its text to fit, so that most others need not be parsed. */
const wordsOf = ({ actor, device, host, action, outcome, job }: AuditFilter): readonly string[] =>
  [actor, device, host, action, outcome, job].flatMap((word) => (word === undefined ? [] : [JSON.stringify(word)]))

function fits(entry: AuditEntry, filter: AuditFilter): boolean {
  const { since, until, actor, ...same } = filter
  if (actor !== undefined && entry.actor.id !== actor) return false
  const at = new Date(entry.at)
  if ((since !== undefined && at < since) || (until !== undefined && at >= until)) return false
  return Object.entries(same).every(
    ([name, value]) => value === undefined || entry[name as keyof typeof same] === value,
  )
}

/**
 * A page of the entries that fit, newest first, from a source that is asked slice by slice.
 * @throws INVALID_INPUT, INVALID_CURSOR
 */
export async function searchAudit(
  read: ReadAuditBefore,
  filter: AuditFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<AuditEntry>> {
  assertPageLimit(limit)
  const words = wordsOf(filter)
  const items: AuditEntry[] = []
  let below = cursor === undefined ? Number.MAX_SAFE_INTEGER : keyOf(cursor)
  for (let looks = 0; looks < mostLooks; looks += looksAtOnce) {
    const lines = await read(below, looksAtOnce)
    for (const { number, text } of lines) {
      if (items.length === limit) return { items, nextCursor: cursorOf(below) }
      below = number
      if (!words.every((word) => text.includes(word))) continue
      const entry = JSON.parse(text) as AuditEntry
      if (fits(entry, filter)) items.push(entry)
    }
    if (lines.length < looksAtOnce) return { items }
  }
  return { items, nextCursor: cursorOf(below) }
}
