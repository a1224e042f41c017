import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analysePattern } from '../../src/pattern/compile-pattern.js'
import { compileLinear } from '../../src/pattern/linear-pattern.js'
import { compileTextPattern } from '../../src/pattern/text-pattern.js'

const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc
    .array(
      fc
        .array(
          fc.tuple(
            fc.oneof(
              { maxDepth: 3, depthSize: 'small' },
              fc.constantFrom('a', 'b', '[ab]', '.', '\\w', '\\n', '^', '$'),
              tie('pattern').map((inner) => `(${inner})`),
            ),
            fc.constantFrom('', '', '*', '+', '?', '{1,3}', '{2}', '*?'),
          ),
          { minLength: 1, maxLength: 4 },
        )
        .map((parts) => parts.map(([atom, times]) => (/^[\^$]/.test(atom) ? atom : atom + times)).join('')),
      { minLength: 1, maxLength: 2 },
    )
    .map((branches) => branches.join('|')),
}))

const text = fc.array(fc.constantFrom('a', 'b', 'c', '\n', 'aab'), { maxLength: 8 }).map((parts) => parts.join(''))

/** What JavaScript's own engine finds. */
function reference(source: string, subject: string): number | undefined {
  return new RegExp(`(?:${source.replaceAll('.', '[^\\n]')})\\s{0,8}(?![\\s\\S])`, 'm').exec(subject)?.index
}

describe('compileLinear', () => {
  it('finds what a regular expression finds', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 5, maxLength: 5 }), (source, subjects) => {
        const analysed = analysePattern(source, { atEnd: true })
        // JavaScript's own engine would not come back from these.
        fc.pre(!analysed.ambiguity.exponential)
        const find = compileLinear(analysed)
        expect(find).toBeDefined()
        for (const subject of subjects) expect(find!(subject)).toBe(reference(source, subject))
      }),
      { numRuns: 300 },
    )
  })

  it.each(['(?=a)b', '(a)\\1', '(?>a)b', 'a++b', '\\bA'])('leaves %s to a regular expression', (source) => {
    expect(compileLinear(analysePattern(source, {}))).toBeUndefined()
  })
})

describe('compileTextPattern', () => {
  // As in scrapli_definitions for shells with a VRF in their prompt.
  const shell = '^\\S+@\\S+:\\S+:\\S+[\\$|#]\\s*$'

  it('runs an ambiguous pattern on the whole length of a line', () => {
    const { longestText, find } = compileTextPattern(shell, true)
    expect(longestText).toBe(512)
    expect(find(`user@host:vrf:/${'d'.repeat(400)}$ `)).toBe(0)
  })

  it('takes time that grows with the text and not with its power', () => {
    const { find } = compileTextPattern(shell, true)
    const timeOf = (length: number): number => {
      const hostile = `${'@:'.repeat(length / 2)} `
      const times = Array.from({ length: 5 }, () => {
        const started = performance.now()
        find(hostile)
        return performance.now() - started
      })
      return Math.min(...times)
    }
    timeOf(4000)
    // Eight times the text: eight times the time, not 4096 times; the rest is for a busy machine.
    expect(timeOf(32_000) / timeOf(4000)).toBeLessThan(64)
  })

  it('refuses a pattern that is neither quick nor runs on the matcher', () => {
    expect(() => compileTextPattern('^(?=x)\\S*a\\S*b\\S*c\\S*d\\S*e$', false)).toThrow('very long')
  })
})
