import { describe, expect, it } from 'vitest'
import { flawOfOutput } from '../support/guides/shown-output.js'

const id = '0c70d66f-783f-5b17-806b-74892aad619b'
const otherId = 'f1284290-4938-542c-9f39-8050ddb166b8'
const row = (job: string, seconds: string): string => `r1  ok  ${seconds}  ${job}  2026-01-01T00:00:00.000Z`

describe('the output that a guide shows', () => {
  it.each([
    { name: 'is the same text', shown: 'one\ntwo', printed: 'one\ntwo\n' },
    { name: 'has other ids, instants and times', shown: row(id, '0.25'), printed: row(otherId, '12.5') },
    { name: 'stands in columns of another width', shown: 'NAME  AGE\nr1    4', printed: 'NAME      AGE\nr1        4' },
    { name: 'leaves text of a line out', shown: 'a ... z', printed: 'a long way to z' },
    { name: 'leaves lines out', shown: 'first\n...\nlast', printed: 'first\n2\n3\nlast' },
    { name: 'leaves no line out where it might', shown: 'first\n...\nlast', printed: 'first\nlast' },
    { name: 'has no colours', shown: 'done', printed: '\u001b[32mdone\u001b[39m' },
    { name: 'has a prefix that is no decimal', shown: '17.09.04a', printed: '17.09.04a' },
  ])('fits what was printed when it $name', ({ shown, printed }) => {
    expect(flawOfOutput({ line: 1, format: 'text', text: shown }, printed)).toBeUndefined()
  })

  it.each([
    { name: 'another word', shown: 'one', printed: 'two' },
    { name: 'one line more', shown: 'one', printed: 'one\ntwo' },
    { name: 'one line less', shown: 'one\ntwo', printed: 'one' },
    { name: 'no id', shown: `job ${id}`, printed: 'job none' },
    { name: 'another version', shown: 'version 17.09.04a', printed: 'version 17.12.01' },
    { name: 'a line that only holds what is shown', shown: 'one', printed: 'someone' },
  ])('does not fit $name', ({ shown, printed }) => {
    expect(flawOfOutput({ line: 1, format: 'text', text: shown }, printed)).toContain(printed)
  })

  it.each([
    { name: 'leaves fields out', shown: { a: 1 }, printed: { a: 1, b: 2 } },
    { name: 'has another id', shown: { id }, printed: { id: otherId } },
    { name: 'has another time', shown: { duration: 0.25 }, printed: { duration: 1 } },
    { name: 'shortens a text', shown: [{ text: 'Cisco ...' }], printed: [{ text: 'Cisco IOS' }] },
  ])('fits JSON when it $name', ({ shown, printed }) => {
    const output = { line: 1, format: 'json' as const, text: JSON.stringify(shown) }
    expect(flawOfOutput(output, JSON.stringify(printed))).toBeUndefined()
  })

  it.each([
    { name: 'another number', shown: { a: 1 }, printed: { a: 2 }, says: '.a is 2' },
    { name: 'a missing field', shown: { a: null }, printed: {}, says: '.a is undefined' },
    { name: 'a list of another length', shown: [1], printed: [1, 2], says: 'has 2 entries' },
    { name: 'another type', shown: { a: {} }, printed: { a: 'x' }, says: '.a is "x"' },
  ])('does not fit JSON with $name', ({ shown, printed, says }) => {
    const output = { line: 1, format: 'json' as const, text: JSON.stringify(shown) }
    expect(flawOfOutput(output, JSON.stringify(printed))).toContain(says)
  })

  it('does not fit what is no JSON', () => {
    expect(flawOfOutput({ line: 1, format: 'json', text: '{}' }, 'curl: (7)')).toContain('printed no JSON')
  })
})
