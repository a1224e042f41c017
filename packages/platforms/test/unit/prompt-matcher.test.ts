import { describe, expect, it } from 'vitest'
import { promptMatcher } from '../../src/engine/prompt-matcher.js'

describe('promptMatcher', () => {
  it.each([
    { name: 'without blanks', tail: 'r1#', start: 0 },
    { name: 'with blanks after it', tail: 'r1#  ', start: 0 },
    { name: 'after other lines', tail: 'one\ntwo\nr1# ', start: 8 },
    { name: 'at the very edge of what is looked at', tail: `xx\n${'r'.repeat(63)}#${' '.repeat(448)}`, start: 3 },
    { name: 'after a megabyte without a line end', tail: `${'x'.repeat(1_000_000)}\nr1#`, start: 1_000_001 },
  ])('finds a prompt $name', ({ tail, start }) => {
    expect(promptMatcher({ pattern: '^\\w{1,63}#$' }).start(tail)).toBe(start)
  })

  it.each([
    { name: 'nothing', tail: '' },
    { name: 'a prompt and a line end', tail: 'r1#\n' },
    { name: 'a prompt, a line end and blanks', tail: 'r1#\n  ' },
    { name: 'a prompt and more text', tail: 'r1# show' },
    { name: 'a prompt in the line before', tail: 'r1#\nshow' },
    { name: 'the end of a line longer than any prompt', tail: `${'x'.repeat(2000)}#` },
  ])('does not match $name', ({ tail }) => {
    expect(promptMatcher({ pattern: '^\\w+#$' }).matches(tail)).toBe(false)
  })

  it('looks at as many lines as its pattern speaks of', () => {
    const prompt = promptMatcher({ pattern: '^\\[edit\\]\\n\\w+@\\w+#$' })
    expect(prompt.lines).toBe(2)
    expect(prompt.start('commit complete\n\n[edit]\nadmin@mx1# ')).toBe(17)
    expect(prompt.matches('[edit]\nother\nadmin@mx1# ')).toBe(false)
  })

  it('leaves out what is excluded, by literal text', () => {
    const prompt = promptMatcher({ pattern: '^[\\w()]+#$', excludes: ['(tcl)'] })
    expect(prompt.matches('r1(config)#')).toBe(true)
    expect(prompt.matches('r1(tcl)#')).toBe(false)
  })

  it('finds a prompt that follows text on one line, where its pattern allows it', () => {
    const prompt = promptMatcher({ pattern: '[a-z]+@\\w+:~\\$$' })
    expect(prompt.start('abc admin@server1:~$ ')).toBe(4)
  })
})
