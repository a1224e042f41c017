import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import {
  auditBeginning,
  auditLine,
  auditPieces,
  auditText,
  inKeyOrder,
  lineOfPieces,
  textOfPieces,
} from '../../src/audit-chain.js'
import type { JsonObject } from '../../src/json.js'
import { canonicalJson } from '../../src/json.js'
import type { AuditEntry } from '../../src/audit-entry.js'
import { verifyAudit } from '../../src/audit-verify.js'

const hashOf = (entry: Omit<AuditEntry, 'hash'>): string => createHash('sha256').update(auditText(entry)).digest('hex')

const sealed = (entry: Omit<AuditEntry, 'hash'>): AuditEntry => ({ ...entry, hash: hashOf(entry) })

function chain(count: number, change: (number: number) => Partial<AuditEntry> = () => ({})): readonly AuditEntry[] {
  const entries: AuditEntry[] = []
  for (let number = 1; number <= count; number++) {
    const previous = entries.at(-1)?.hash ?? auditBeginning
    const act = {
      actor: { id: 'k1', name: 'Ä "ops"' },
      source: null,
      device: 'r1',
      host: 'r1',
      job: null,
      outcome: null,
    }
    const at = '2026-03-02T09:15:00.000Z'
    const action = 'job.accepted' as const
    entries.push(
      sealed({ number, at, action, ...act, details: { b: 1, a: [1.5, '\ud800'] }, previous, ...change(number) }),
    )
  }
  return entries
}

const lines = (entries: readonly AuditEntry[]): string[] => entries.map(auditLine)
const kinds = async (...args: Parameters<typeof verifyAudit>): Promise<readonly string[]> =>
  (await verifyAudit(...args)).problems.map(({ kind, line }) => `${kind} ${line}`)

const five = chain(5)
const rewritten = (at: number): readonly AuditEntry[] =>
  five.map((entry) => (entry.number === at ? sealed({ ...entry, outcome: 'succeeded' }) : entry))

describe('verifyAudit', () => {
  it('finds a chain intact and says where it ends', async () => {
    expect(await verifyAudit(lines(five))).toEqual({
      intact: true,
      entries: 5,
      first: 1,
      head: { number: 5, hash: five[4]!.hash },
      problems: [],
    })
  })

  it('takes an empty record for what it is', async () => {
    expect(await verifyAudit([])).toEqual({ intact: true, entries: 0, problems: [] })
  })

  const tampered = [
    {
      name: 'a changed field',
      text: lines(five).map((line, index) => (index === 2 ? line.replace('r1', 'r2') : line)),
      found: ['changed 3'],
    },
    {
      name: 'a changed field with a new hash',
      text: lines(rewritten(3)),
      found: ['link 4'],
    },
    {
      name: 'an entry that was taken out',
      text: lines(five.filter(({ number }) => number !== 3)),
      found: ['missing 3'],
    },
    {
      name: 'entries that changed places',
      text: lines([five[0]!, five[2]!, five[1]!, five[3]!, five[4]!]),
      found: ['missing 2', 'order 3', 'missing 4'],
    },
    {
      name: 'an entry that is there twice',
      text: lines([...five.slice(0, 3), five[2]!, ...five.slice(3)]),
      found: ['order 4'],
    },
    { name: 'a beginning that is gone', text: lines(five.slice(2)), found: ['start 3'] },
    { name: 'a line that is no entry', text: [...lines(five), '{"number":6}'], found: ['unreadable 6'] },
    {
      name: 'a second field of one name',
      text: lines(five).map((line) => line.replace('{"action"', '{"device":"r9","action"')),
      found: [1, 2, 3, 4, 5].map((line) => `changed ${line}`),
    },
  ]
  it.each(tampered)('finds $name', async ({ text, found }) => {
    expect(await kinds(text)).toEqual(found)
  })

  it('finds an end that is gone only by a hash that was noted', async () => {
    const short = lines(five.slice(0, 4))
    expect(await kinds(short)).toEqual([])
    expect(await kinds(short, { head: five[4]!.hash })).toEqual(['head 4'])
    expect(await kinds(lines(five), { head: five[1]!.hash })).toEqual([])
  })

  it('begins where the old end was cut off, when a later entry says so', async () => {
    const whole = chain(6)
    const cutAt = (number: number, details: AuditEntry['details']) =>
      number === 6 ? { action: 'audit.cut' as const, details } : {}
    const right = chain(6, (number) => cutAt(number, { from: 1, to: 3, hash: whole[2]!.hash }))
    expect(await kinds(lines(right.slice(3)))).toEqual([])
    expect(await kinds(lines(right.slice(3)), { head: right[2]!.hash })).toEqual([])
    expect(await kinds(lines(right.slice(4)))).toEqual(['start 2'])
    const wrong = chain(6, (number) => cutAt(number, { from: 1, to: 3, hash: whole[1]!.hash }))
    expect(await kinds(lines(wrong.slice(3)))).toEqual(['start 3'])
  })

  it('goes on where an older file ended', async () => {
    const rest = lines(five.slice(3))
    expect(await kinds(rest, { after: five[2]!.hash })).toEqual([])
    expect(await kinds(rest, { after: five[1]!.hash })).toEqual(['start 2'])
  })

  it('stops to collect after a hundred problems', async () => {
    const { problems, intact } = await verifyAudit(Array.from({ length: 300 }, () => 'x'))
    expect([problems.length, intact]).toEqual([100, false])
  })
})

describe('an entry in pieces', () => {
  it('has the text and the line of the whole, whatever is in it and in whatever order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const [entry] = chain(1, () => ({ details: JSON.parse(JSON.stringify(data)) as JsonObject }))
        for (const details of [entry!.details, inKeyOrder(entry!.details)]) {
          const pieces = auditPieces({ ...entry!, details })
          expect(textOfPieces(pieces)).toBe(auditText(entry!))
          expect(lineOfPieces(pieces, entry!.hash)).toBe(auditLine(entry!))
          expect(canonicalJson(details)).toBe(canonicalJson(entry!.details))
        }
      }),
    )
  })
})
