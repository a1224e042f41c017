import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TerminalText } from '../../../src/channel/terminal-text.js'
import { cutAt } from './scripted-device.js'

interface Shown {
  lines: readonly string[]
  row: string
}

function shown(...pieces: string[]): Shown {
  const text = new TerminalText()
  for (const piece of pieces) text.feed(piece)
  return { lines: text.lines, row: text.row }
}

const cases: readonly { name: string; sent: string; lines: string[]; row: string }[] = [
  { name: 'plain lines', sent: 'one\r\ntwo\r\nr1#', lines: ['one', 'two'], row: 'r1#' },
  { name: 'doubled carriage returns', sent: 'one\r\r\ntwo\r\n', lines: ['one', 'two'], row: '' },
  { name: 'text printed over text', sent: '10%\r50%\r100%\r\n', lines: ['100%'], row: '' },
  { name: 'blanks at a line end stay', sent: 'name  \r\n', lines: ['name  '], row: '' },
  {
    name: 'a pager erased by backspaces (zebra vty)',
    sent: ' --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\bnext\r\nr1#',
    lines: ['next'],
    row: 'r1#',
  },
  { name: 'a pager erased by return and blanks', sent: '--More--\r        \rnext\r\n', lines: ['next'], row: '' },
  { name: 'an erased line', sent: '--More--\r\x1b[Kx\r\n', lines: ['x'], row: '' },
  { name: 'a prompt drawn over an erased pager', sent: '--More--\r        \rr1#', lines: [], row: 'r1#' },
  { name: 'colours', sent: '\x1b[1;31mdown\x1b[0m\r\n\x1b[01;32mr1\x1b[00m#', lines: ['down'], row: 'r1#' },
  { name: 'a title', sent: '\x1b]0;user@host: ~\x07user@host:~$ ', lines: [], row: 'user@host:~$ ' },
  { name: 'a title ended by a string terminator', sent: '\x1b]2;x\x1b\\a\r\n', lines: ['a'], row: '' },
  { name: 'bracketed paste mode', sent: '\x1b[?2004hvyos@r1:~$ ', lines: [], row: 'vyos@r1:~$ ' },
  { name: 'a cursor position (HP ProCurve)', sent: '\x1b[24;1HSwitch# \x1b[24;9H', lines: [], row: 'Switch# ' },
  { name: 'next line (HP ProCurve)', sent: 'show\x1bEr1#', lines: ['show'], row: 'r1#' },
  { name: 'a bell and nulls', sent: '\x00a\x07b\x00\r\n', lines: ['ab'], row: '' },
  { name: 'characters beyond ASCII', sent: 'Zürich – 東京\r\n', lines: ['Zürich – 東京'], row: '' },
]

describe('TerminalText', () => {
  it.each(cases)('shows $name', ({ sent, lines, row }) => {
    expect(shown(sent)).toEqual({ lines, row })
  })

  it.each(cases)('shows the same when split anywhere: $name', ({ sent, lines, row }) => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 8 }), (places) => {
        const decoder = new TextDecoder()
        const pieces = cutAt(sent, places).map((piece) => decoder.decode(piece, { stream: true }))
        expect(shown(...pieces)).toEqual({ lines, row })
      }),
      { numRuns: 60 },
    )
  })

  it('takes a line of ten megabytes at the cost of its length', () => {
    const text = new TerminalText()
    const piece = 'x'.repeat(1000)
    const startedMs = performance.now()
    for (let count = 0; count < 10_000; count++) text.feed(piece)
    text.feed('\n')
    expect(text.lines[0]).toHaveLength(10_000_000)
    expect(performance.now() - startedMs).toBeLessThan(2000)
  })

  it('does not fill memory for a cursor that is moved far away', () => {
    expect(shown('\x1b[999999999Cx').row.length).toBeLessThan(2000)
  })

  it('gives up a sequence that does not end', () => {
    const { row } = shown(`\x1b]0;${'x'.repeat(10_000)}`, 'r1#')
    expect(row.endsWith('r1#')).toBe(true)
  })
})
