import { describe, expect, it } from 'vitest'
import { EchoWriter } from '../../src/terminal/echo-writer.js'
import { LineReader } from '../../src/terminal/line-reader.js'

function read(...pieces: readonly string[]): { inputs: unknown[]; echo: string } {
  let echo = ''
  const writer = new EchoWriter((text) => (echo += text))
  const reader = new LineReader()
  const inputs: unknown[] = []
  for (const piece of pieces) {
    reader.push(piece)
    for (let input = reader.next(writer); input !== undefined; input = reader.next(writer)) {
      inputs.push(input.type === 'line' ? input.text : input.type)
    }
  }
  return { inputs, echo }
}

describe('line reader', () => {
  it.each([
    { name: 'LF', typed: ['ab\ncd\n'], inputs: ['ab', 'cd'] },
    { name: 'CR', typed: ['ab\rcd\r'], inputs: ['ab', 'cd'] },
    { name: 'CR LF', typed: ['ab\r\ncd\r\n'], inputs: ['ab', 'cd'] },
    { name: 'CR LF split between the two', typed: ['ab\r', '\ncd\n'], inputs: ['ab', 'cd'] },
    { name: 'empty lines', typed: ['\n\n'], inputs: ['', ''] },
    { name: 'a line in single characters', typed: ['a', 'b', '\n'], inputs: ['ab'] },
  ])('ends lines at $name', ({ typed, inputs }) => {
    expect(read(...typed).inputs).toEqual(inputs)
  })

  it('echoes what is typed and what is erased', () => {
    expect(read('abc\x7fd\n')).toEqual({ inputs: ['abd'], echo: 'abc\b \bd\r\n' })
  })

  it.each([
    { name: 'Ctrl-U erases the line', typed: 'one two\x15three\n', inputs: ['three'] },
    { name: 'Ctrl-W erases a word', typed: 'one two\x17three\n', inputs: ['one three'] },
    { name: 'Ctrl-C drops the line', typed: 'one\x03two\n', inputs: ['interrupt', 'two'] },
    { name: 'Ctrl-Z drops the line', typed: 'one\x1a', inputs: ['end'] },
    { name: 'Ctrl-D hangs up on an empty line only', typed: 'a\x04\n\x04', inputs: ['a', 'hangup'] },
    { name: 'erasing an empty line does nothing', typed: '\x7f\x7fa\n', inputs: ['a'] },
  ])('$name', ({ typed, inputs }) => {
    expect(read(typed).inputs).toEqual(inputs)
  })
})

describe('echo writer', () => {
  it.each([
    { name: 'as readline does', wrapStyle: 'readline' as const, echo: 'abcd \refgh \ri' },
    { name: 'with new lines', wrapStyle: 'newline' as const, echo: 'abcd\r\nefgh\r\ni' },
  ])('wraps $name, counting the prompt', ({ wrapStyle, echo }) => {
    let printed = ''
    const writer = new EchoWriter((text) => (printed += text))
    writer.begin(0, { visible: 'all', wrapColumn: 4, wrapStyle })
    writer.text('abcdefghi')
    expect(printed).toBe(echo)
    printed = ''
    writer.begin(3, { visible: 'all', wrapColumn: 4, wrapStyle })
    writer.text('ab')
    expect(printed.startsWith(wrapStyle === 'readline' ? 'a \rb' : 'a\r\nb')).toBe(true)
  })

  it('prints only the line end of a password, and nothing at all when it is off', () => {
    let printed = ''
    const writer = new EchoWriter((text) => (printed += text))
    writer.begin(0, { visible: 'line-end', wrapColumn: 0, wrapStyle: 'readline' })
    writer.text('secret')
    writer.erase(2)
    writer.lineEnd()
    writer.begin(0, { visible: 'off', wrapColumn: 0, wrapStyle: 'readline' })
    writer.text('secret')
    writer.lineEnd()
    expect(printed).toBe('\r\n')
  })
})
