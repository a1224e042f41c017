import type { Cursor } from './cursor.js'

/** JavaScript's way to write any one character, in a class or outside. */
export function literal(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  return /[\^$\\.*+?()[\]{}|/-]/.test(character) ? `\\${character}` : character
}

/** What PCRE's vertical white space (`\v`) holds. */
const vertical = '\\n\\x0b\\f\\r\\x85\\u2028\\u2029'
const horizontal = '\\t \\xa0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000'

/** Escapes for sets that JavaScript writes alike: `\w`, and those whose members fit into a class of its own. */
const sets: Readonly<Record<string, string>> = {
  d: '\\d',
  D: '\\D',
  w: '\\w',
  W: '\\W',
  s: '\\s',
  S: '\\S',
  h: horizontal,
  v: vertical,
}

const characters: Readonly<Record<string, string>> = {
  a: '\\x07',
  e: '\\x1b',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
}

/** Sets outside a class only: JavaScript cannot write them as members of one. */
const wholeSets: Readonly<Record<string, string>> = {
  N: '[^\\n]',
  H: `[^${horizontal}]`,
  V: `[^${vertical}]`,
  R: `(?:\\r\\n|[${vertical}])`,
}

const reasons: Readonly<Record<string, string>> = {
  p: 'Unicode properties are not supported',
  P: 'Unicode properties are not supported',
  K: '\\K cannot be written in JavaScript',
  G: '\\G cannot be written in JavaScript',
  X: '\\X cannot be written in JavaScript',
  C: '\\C cannot be written in JavaScript',
  c: 'write a control character as \\xhh',
  o: 'write an octal code as \\xhh',
}

function hex(cursor: Cursor): string {
  const match = cursor.take(/\{([0-9a-fA-F]{1,4})\}|([0-9a-fA-F]{2})/y)
  if (match === undefined) return cursor.fail('\\x needs two hexadecimal digits, or up to four in braces')
  return `\\u${(match[1] ?? match[2] ?? '').padStart(4, '0')}`
}

const octal = (cursor: Cursor): string => {
  const digits = cursor.take(/[0-7]{0,2}/y)?.[0] ?? ''
  return `\\x${Number.parseInt(`0${digits}`, 8).toString(16).padStart(2, '0')}`
}

const unicode = (cursor: Cursor): string => {
  const match = cursor.take(/[0-9a-fA-F]{4}/y)
  return match === undefined ? cursor.fail('\\u needs four hexadecimal digits') : `\\u${match[0]}`
}

/** Escapes that take more than their letter. */
const longer: Readonly<Record<string, (cursor: Cursor) => string>> = { x: hex, u: unicode, 0: octal }

function setEscape(letter: string, inClass: boolean): string | undefined {
  const set = sets[letter]
  if (set !== undefined) return inClass || set.length === 2 ? set : `[${set}]`
  return inClass ? undefined : wholeSets[letter]
}

/**
 * An escape for one character or a set of characters, as JavaScript writes it; the backslash and `letter` are taken
 * already. `inClass` tells whether it stands between brackets.
 * @throws PATTERN_INVALID for an escape that JavaScript has no exact form for
 */
export function characterEscape(cursor: Cursor, letter: string, inClass: boolean): string {
  if (letter === '') return cursor.fail('ends in a backslash')
  const long = longer[letter]
  if (long !== undefined) return long(cursor)
  if (letter === 'b' && inClass) return '\\x08'
  const known = characters[letter] ?? setEscape(letter, inClass)
  if (known !== undefined) return known
  if (/[A-Za-z0-9]/.test(letter)) return cursor.fail(reasons[letter] ?? `unknown escape \\${letter}`)
  return literal(letter)
}
