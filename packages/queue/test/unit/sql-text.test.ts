import fc from 'fast-check'
import Libsql from 'libsql'
import { describe, expect, it } from 'vitest'
import { literal, storable } from '../../src/in-process/sql-text.js'

/** What the database makes of a literal. */
function readBack(db: Libsql.Database, value: string | number | null): unknown {
  return (db.prepare(`SELECT ${literal(value)} AS value`).get() as { readonly value: unknown }).value
}

describe('SQL text', () => {
  it('brings any text back from the database as it was, but for NUL', () => {
    const db = new Libsql(':memory:')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(readBack(db, text)).toBe(text.replaceAll('\0', '\uFFFD'))
      }),
      { numRuns: 500 },
    )
    db.close()
  })

  it.each([
    { name: 'a quote', value: "it's" },
    { name: 'an end of the literal and a statement', value: "'); DROP TABLE job; --" },
    { name: 'only quotes', value: "''''" },
    { name: 'the empty text', value: '' },
    { name: 'line ends and escapes', value: 'a\\n\r\n\t"' },
    { name: 'an emoji', value: '\u{1f600}' },
    { name: 'a large integer', value: 2 ** 53 - 1 },
    { name: 'a negative number', value: -7 },
    { name: 'nothing', value: null },
  ])('keeps $name', ({ value }) => {
    const db = new Libsql(':memory:')
    expect(readBack(db, value)).toBe(value)
    db.close()
  })

  it.each([true, undefined, new Date(0), {}, [], 1n, NaN, Infinity, Symbol('x')])(
    'refuses %s before it reaches libsql, which would end the process',
    (value) => {
      expect(() => storable(value as never)).toThrow(TypeError)
      expect(() => literal(value as never)).toThrow(TypeError)
    },
  )
})
