import type { Cursor } from './cursor.js'
import { characterEscape, literal } from './escapes.js'

/** POSIX names inside a class: `[[:alpha:]]`. ASCII, as PCRE without its UCP option. */
const posix: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`\\{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9a-fA-F',
  word: '\\w',
}

function member(cursor: Cursor): string {
  const named = cursor.take(/\[:(\w+):\]/y)
  if (named !== undefined) {
    return (
      posix[named[1] ?? ''] ?? cursor.fail(`unknown class name ${named[0]}; known: ${Object.keys(posix).join(', ')}`)
    )
  }
  const character = cursor.next()
  if (character === '\\') return characterEscape(cursor, cursor.next(), true)
  // A dash keeps its meaning (range or literal): it is decided by its place, which is the same in both languages.
  return character === '-' ? '-' : literal(character)
}

/**
 * A character class, its opening bracket taken, as JavaScript writes it. A `]` that comes first is a member in PCRE; in
 * JavaScript it would end an empty class.
 * @throws PATTERN_INVALID
 */
export function characterClass(cursor: Cursor): string {
  let text = cursor.skip('^') ? '[^' : '['
  if (cursor.skip(']')) text += '\\]'
  while (!cursor.done) {
    if (cursor.skip(']')) return `${text}]`
    text += member(cursor)
  }
  return cursor.fail('a class is not closed by ]')
}
