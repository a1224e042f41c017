import { auditBeginning, auditLine, auditText } from './audit-chain.js'
import type { AuditEntry, AuditHead } from './audit-entry.js'

/**
 * What is wrong with a chain.
 *
 * | kind | means |
 * |---|---|
 * | `unreadable` | the line is no entry |
 * | `changed` | the entry's content is not what its hash was made of |
 * | `missing` | entries between two others are not there |
 * | `order` | the entry stands in another place, or twice |
 * | `link` | the entry does not follow from the one before it: one of the two was replaced |
 * | `start` | it does not begin at the first entry, and no later entry says that the old end was cut off there |
 * | `head` | the entry whose hash was noted outside is not there: the end was cut off, or rewritten |
 */
export interface AuditProblem {
  readonly kind: 'unreadable' | 'changed' | 'missing' | 'order' | 'link' | 'start' | 'head'
  /** Line from 1; of `head` the number of lines. */
  readonly line: number
  readonly message: string
}

/** What a look at a whole chain found. */
export interface AuditReport {
  readonly intact: boolean
  readonly entries: number
  /** Number of the first entry, and where the last one stands; absent without entries. */
  readonly first?: number
  readonly head?: AuditHead
  /** The first 100. */
  readonly problems: readonly AuditProblem[]
}

/** What the reader of a chain knows from elsewhere. */
export interface AuditExpectation {
  /** Hash of an entry that was noted before: it must be in the chain, or be that of the last entry that was cut off. */
  readonly head?: string
  /** Hash of the last entry of an older file: this one must go on there. */
  readonly after?: string
}

/** More are counted by nobody. */
const mostProblems = 100

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** An entry as far as the checks need it; `undefined` for any other text. */
function entryOf(line: string): AuditEntry | undefined {
  try {
    const value = JSON.parse(line) as Partial<AuditEntry> | null
    const { number, hash, previous } = value ?? {}
    const isEntry = Number.isSafeInteger(number) && typeof hash === 'string' && typeof previous === 'string'
    return isEntry ? (value as AuditEntry) : undefined
  } catch {
    return undefined
  }
}

class Verification {
  readonly #expected: AuditExpectation
  readonly #problems: AuditProblem[] = []
  #lines = 0
  #entries = 0
  #first: AuditEntry | undefined
  #last: AuditEntry | undefined
  #anchored = false
  #headSeen = false

  constructor(expected: AuditExpectation) {
    this.#expected = expected
  }

  async take(line: string): Promise<void> {
    this.#lines++
    const entry = entryOf(line)
    if (entry === undefined) return this.#found('unreadable', 'This line is no entry of an audit record.')
    this.#entries++
    // Another text of the same content could say one thing to a reader and another to a parser: two keys of one name.
    if ((await sha256(auditText(entry))) !== entry.hash || auditLine(entry) !== line.trim())
      this.#found('changed', `Entry ${entry.number} was changed: its hash is of another content.`)
    if (this.#last === undefined) this.#begin(entry)
    else this.#follow(this.#last, entry)
    this.#lookForAnchor(entry)
    if (entry.hash === this.#expected.head) this.#headSeen = true
    this.#last = entry
  }

  end(): AuditReport {
    if (this.#first !== undefined && !this.#anchored) {
      const { number } = this.#first
      this.#found(
        'start',
        `It begins at entry ${number}, and nothing vouches for what came before: entries are missing.`,
      )
    }
    if (this.#expected.head !== undefined && !this.#headSeen)
      this.#found(
        'head',
        'The noted hash is of no entry: the end was cut off or rewritten, or it is of another record.',
      )
    const last = this.#last
    return {
      intact: this.#problems.length === 0,
      entries: this.#entries,
      ...(this.#first === undefined ? {} : { first: this.#first.number }),
      ...(last === undefined ? {} : { head: { number: last.number, hash: last.hash } }),
      problems: this.#problems,
    }
  }

  #begin(entry: AuditEntry): void {
    this.#first = entry
    const { after } = this.#expected
    const isBeginning = entry.number === 1 && entry.previous === auditBeginning
    this.#anchored = after === undefined ? isBeginning : entry.previous === after
    if (after === undefined && entry.previous === this.#expected.head) this.#headSeen = true
  }

  #follow(last: AuditEntry, entry: AuditEntry): void {
    const [expected, found] = [last.number + 1, entry.number]
    if (found > expected) {
      const which = found === expected + 1 ? `Entry ${expected} is` : `Entries ${expected} to ${found - 1} are`
      this.#found('missing', `${which} missing.`)
    } else if (found < expected) this.#found('order', `Entry ${found} stands behind entry ${last.number}.`)
    else if (entry.previous !== last.hash)
      this.#found('link', `Entry ${found} does not follow from entry ${last.number}: one of them was replaced.`)
  }

  /** A cut of the old end says with which entry it ended, so that what is left has something to begin at. */
  #lookForAnchor({ action, details }: AuditEntry): void {
    const first = this.#first!
    if (this.#anchored || this.#expected.after !== undefined || action !== 'audit.cut') return
    const { to, hash } = details ?? {}
    this.#anchored = to === first.number - 1 && hash === first.previous
  }

  #found(kind: AuditProblem['kind'], message: string): void {
    if (this.#problems.length < mostProblems) this.#problems.push({ kind, line: this.#lines, message })
  }
}

/**
 * Checks that entries, one JSON text each, oldest first, are a chain of which none was changed, taken out, put in or moved.
 * Somebody who rewrites the whole chain, or cuts off its newest end, is found only by a hash that was noted outside. Needs
 * nothing but what browsers have.
 */
export async function verifyAudit(
  lines: AsyncIterable<string> | Iterable<string>,
  expected: AuditExpectation = {},
): Promise<AuditReport> {
  const verification = new Verification(expected)
  for await (const line of lines) if (line.trim() !== '') await verification.take(line)
  return verification.end()
}
