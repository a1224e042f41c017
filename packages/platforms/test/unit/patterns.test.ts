import { describe, expect, it } from 'vitest'
import { compilePattern } from '../../src/pattern/compile-pattern.js'

describe('compilePattern', () => {
  it.each([
    { name: 'a possessive quantifier', pattern: 'a\\s?+#', yes: ['a #', 'a#'], no: ['a'] },
    { name: 'a possessive quantifier that gives nothing back', pattern: '\\w++a', yes: [], no: ['aaa', 'bba'] },
    { name: 'an atomic group', pattern: '(?>a|ab)c', yes: ['ac'], no: ['abc'] },
    { name: 'groups numbered anew after an atomic one', pattern: '(?>x)(y)\\1', yes: ['xyy'], no: ['xyx'] },
    { name: 'leading flags', pattern: '(?i)^R1#', yes: ['r1#', 'x\nR1#'], no: ['r2#'] },
    {
      name: 'a brace that opens no quantifier',
      pattern: '^({\\w+}\\n){0,1}r1>',
      yes: ['{master}\nr1>'],
      no: ['{}\nr2>'],
    },
    { name: 'POSIX classes', pattern: '^[[:alpha:]]+>$', yes: ['abc>'], no: ['ab1>'] },
    { name: 'anchors of the whole text', pattern: '\\Aab\\z', yes: ['ab'], no: ['ab\n', 'x\nab'] },
    { name: 'horizontal blanks', pattern: 'a\\hb', yes: ['a b', 'a\tb'], no: ['a\nb'] },
  ])('takes $name as PCRE does', ({ pattern, yes, no }) => {
    const { regexp } = compilePattern(pattern)
    for (const text of yes) expect(regexp.test(text), `${pattern} on ${JSON.stringify(text)}`).toBe(true)
    for (const text of no) expect(regexp.test(text), `${pattern} on ${JSON.stringify(text)}`).toBe(false)
  })

  it.each(['(a+)+b', '(a|a)*b', '(\\w*)*#', '^(.*)*$', '([a-z]+)*\\d'])(
    'refuses %s, which a device could make run for ever',
    (pattern) => {
      expect(() => compilePattern(pattern)).toThrow(/can be made to run for very long/)
    },
  )

  it.each([
    { pattern: 'a)', says: 'a ) without its (' },
    { pattern: '(?x)a', says: 'flag x is not supported' },
    { pattern: '(?<=a++)b', says: 'no form in JavaScript' },
  ])('refuses $pattern with the reason', ({ pattern, says }) => {
    expect(() => compilePattern(pattern)).toThrow(says)
  })
})
