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
    { name: 'a lookbehind', pattern: '(?<!last )login:', yes: ['login:'], no: ['last login:'] },
    { name: 'a lookahead', pattern: '^r1\\((?!tcl\\))\\w+\\)#', yes: ['r1(config)#'], no: ['r1(tcl)#'] },
    { name: 'a quantifier without its lower number', pattern: '^a{,2}b$', yes: ['b', 'aab'], no: ['aaab', 'a{,2}b'] },
    { name: 'a bracket that comes first in a class', pattern: '^[]a]+$', yes: [']a]'], no: ['b'] },
    { name: 'a dot that takes a carriage return', pattern: '^a.b$', yes: ['a\rb'], no: ['a\nb'] },
    { name: 'quoted text', pattern: '^\\Qa.b[\\E+$', yes: ['a.b[[['], no: ['axb[', 'a.ba.b['] },
    { name: 'a named group of Python', pattern: '(?P<q>["\'])x(?P=q)', yes: ['"x"'], no: ['"x\''] },
    { name: 'case, unless a flag says otherwise', pattern: '^r1#', yes: ['r1#'], no: ['R1#'] },
    { name: 'flags that hold for the whole pattern anyway', pattern: '(?i)(?i:a)b', yes: ['AB'], no: ['AC'] },
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
    { pattern: 'a(?i:b)', says: 'flags within a pattern are not supported' },
    { pattern: '(?1)', says: 'recursion, conditions, branch resets' },
    { pattern: '(a)(?(1)b)', says: 'recursion, conditions, branch resets' },
    { pattern: '(*SKIP)a', says: 'PCRE verbs' },
    { pattern: '\\p{Lu}', says: 'Unicode properties are not supported' },
    { pattern: 'a\\Kb', says: '\\K cannot be written in JavaScript' },
    { pattern: '(a)|\\1', says: 'it may not have taken part' },
    { pattern: '[a', says: 'a class is not closed by ]' },
    { pattern: 'a{3,1}', says: 'out of order' },
    { pattern: '+a', says: 'without something to repeat' },
    { pattern: 'a\\', says: 'ends in a backslash' },
  ])('refuses $pattern with the reason', ({ pattern, says }) => {
    expect(() => compilePattern(pattern)).toThrow(says)
  })
})
