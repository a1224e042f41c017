import { describe, expect, it } from 'vitest'
import { compilePattern } from '../../src/pattern/compile-pattern.js'

describe('the length that a pattern is run on', () => {
  it.each([
    { name: 'characters that end a quantifier', pattern: '^[\\w.\\-]{1,63}\\(config[\\w.\\-]*\\)#$' },
    { name: 'a separator between repetitions', pattern: '^r1(-[a-z]+)*#$' },
    { name: 'one unlimited quantifier from the start of a line', pattern: '^.*[>#$]$' },
    { name: 'a possessive quantifier', pattern: '^\\w+#\\s*+$' },
    { name: 'words before an unlimited quantifier', pattern: 'Destination filename.*\\?' },
  ])('is whole with $name', ({ pattern }) => {
    expect(compilePattern(pattern, { atEnd: true }).longestText).toBe(512)
  })

  it.each([
    { name: 'two quantifiers that share characters', pattern: '\\S+@\\S+#' },
    { name: 'quantifiers side by side', pattern: '^\\w*\\w*\\w*#' },
  ])('is shorter with $name', ({ pattern }) => {
    expect(compilePattern(pattern, { atEnd: true }).longestText).toBeLessThan(512)
  })

  it.each(['(a?a)*b', '(?:\\w|\\d)+#', '(?:x+){9,}y', '^(\\S+ ?)+>$'])('is none for %s', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow('very long')
  })

  it('keeps the worst text for the worst patterns short', () => {
    for (const pattern of ['\\S+@\\S+#', '^\\w*\\w*\\w*#', '.*a.*b.*c', '[ab]+b*c']) {
      const { regexp, longestText } = compilePattern(pattern, { atEnd: true })
      for (const unit of ['a', '@', 'ab', 'b', 'a@']) {
        const started = performance.now()
        regexp.test(`${unit.repeat(longestText)}`.slice(0, longestText - 1) + '!')
        // Without the limit these take minutes.
        expect(performance.now() - started, `${pattern} on ${unit}`).toBeLessThan(1000)
      }
    }
  })
})
