import { characterClass } from './character-class.js'
import { Cursor } from './cursor.js'
import { characterEscape, literal } from './escapes.js'
import type { GroupKind, RegexFlags, RegexNode, RegexRepeat } from './regex-node.js'

/** A pattern read. */
export interface ParsedRegex {
  readonly node: RegexNode
  readonly flags: RegexFlags
}

const groupKinds: readonly (readonly [string, GroupKind])[] = [
  ['?:', 'plain'],
  ['?>', 'atomic'],
  ['?=', 'lookahead'],
  ['?!', 'negative lookahead'],
  ['?<=', 'lookbehind'],
  ['?<!', 'negative lookbehind'],
]

const assertionEscapes: Readonly<Record<string, string>> = {
  b: '\\b',
  B: '\\B',
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
  Z: '(?=\\n?(?![\\s\\S]))',
}

class RegexParser {
  readonly #cursor: Cursor
  #flags: RegexFlags
  #groups = 0

  constructor(source: string, flags: RegexFlags) {
    this.#cursor = new Cursor(source)
    this.#flags = flags
  }

  parse(): ParsedRegex {
    this.#leadingFlags()
    const node = this.#choice()
    if (!this.#cursor.done) this.#cursor.fail('a ) without its (')
    return { node, flags: this.#flags }
  }

  /** `(?im)` at the very start sets flags of the whole pattern, which JavaScript keeps outside of it. */
  #leadingFlags(): void {
    for (let match = this.#flagGroup(); match !== undefined; match = this.#flagGroup()) {
      for (const flag of match[1] ?? '') this.#setFlag(flag)
    }
  }

  #flagGroup(): RegExpExecArray | undefined {
    return this.#cursor.take(/\(\?([a-zA-Z]+)\)/y)
  }

  #setFlag(flag: string): void {
    if (flag === 'i') this.#flags = { ...this.#flags, ignoreCase: true }
    else if (flag === 'm') this.#flags = { ...this.#flags, multiline: true }
    else if (flag === 's') this.#flags = { ...this.#flags, dotAll: true }
    else this.#cursor.fail(`flag ${flag} is not supported; i, m and s are`)
  }

  #choice(): RegexNode {
    const branches = [this.#sequence()]
    while (this.#cursor.skip('|')) branches.push(this.#sequence())
    return branches.length === 1 ? branches[0]! : { type: 'choice', branches }
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = []
    while (!this.#cursor.done && this.#cursor.peek() !== '|' && this.#cursor.peek() !== ')') {
      if (this.#quoted(items) || this.#cursor.take(/\(\?#[^)]*\)/y) !== undefined) continue
      items.push(this.#repeated(this.#atom()))
    }
    return items.length === 1 ? items[0]! : { type: 'sequence', items }
  }

  /** `\Q...\E`: everything between is literal. */
  #quoted(items: RegexNode[]): boolean {
    const match = this.#cursor.take(/\\Q([^]*?)(?:\\E|$)/y)
    if (match === undefined) return false
    const quoted: RegexNode[] = [...(match[1] ?? '')].map((text) => ({ type: 'char', source: literal(text) }))
    const last = quoted.pop()
    // A quantifier that follows repeats the last character, not the whole.
    if (last !== undefined) items.push(...quoted, this.#repeated(last))
    return true
  }

  #repeated(atom: RegexNode): RegexNode {
    const limits = this.#limits()
    if (limits === undefined) return atom
    if (atom.type === 'assertion') return this.#cursor.fail('a quantifier without something to repeat')
    const mode: RegexRepeat['mode'] = this.#cursor.skip('?') ? 'lazy' : this.#cursor.skip('+') ? 'possessive' : 'greedy'
    return { type: 'repeat', body: atom, ...limits, mode }
  }

  #limits(): { min: number; max: number } | undefined {
    if (this.#cursor.skip('*')) return { min: 0, max: Infinity }
    if (this.#cursor.skip('+')) return { min: 1, max: Infinity }
    if (this.#cursor.skip('?')) return { min: 0, max: 1 }
    // `{,n}` is `{0,n}` in PCRE2 from 10.43 and in Python; JavaScript would take it literally without a word.
    const match = this.#cursor.take(/\{(\d+)\}|\{(\d+),(\d*)\}|\{,(\d+)\}/y)
    if (match === undefined) return undefined
    const min = Number(match[1] ?? match[2] ?? 0)
    const upper = match[1] ?? match[4] ?? match[3]
    const max = upper === undefined || upper === '' ? Infinity : Number(upper)
    return max < min ? this.#cursor.fail('numbers of a quantifier are out of order') : { min, max }
  }

  #atom(): RegexNode {
    const character = this.#cursor.next()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return { type: 'char', source: characterClass(this.#cursor) }
      case '.':
        // JavaScript's dot also stops at \r, U+2028 and U+2029.
        return { type: 'char', source: this.#flags.dotAll ? '[\\s\\S]' : '[^\\n]' }
      case '^':
      case '$':
        return { type: 'assertion', source: character }
      case '\\':
        return this.#escape(this.#cursor.next())
      case '*':
      case '+':
      case '?':
        return this.#cursor.fail('a quantifier without something to repeat')
      default:
        // `{`, `}` and `]` that mean themselves, as in `^({\w+`, are escaped here.
        return { type: 'char', source: literal(character) }
    }
  }

  #escape(letter: string): RegexNode {
    const assertion = assertionEscapes[letter]
    if (assertion !== undefined) return { type: 'assertion', source: assertion }
    const reference = this.#reference(letter)
    if (reference !== undefined) return { type: 'reference', group: reference }
    return { type: 'char', source: characterEscape(this.#cursor, letter, false) }
  }

  #reference(letter: string): number | string | undefined {
    if (/[1-9]/.test(letter)) return Number(letter + (this.#cursor.take(/\d*/y)?.[0] ?? ''))
    if (letter !== 'k' && letter !== 'g') return undefined
    const match = this.#cursor.take(/\{(\w+)\}|<(\w+)>|'(\w+)'|(\d+)/y)
    const name = match?.slice(1).find((part) => part !== undefined)
    if (name === undefined) return this.#cursor.fail(`\\${letter} needs a group's number or name`)
    return /^\d+$/.test(name) ? Number(name) : name
  }

  #group(): RegexNode {
    const back = this.#cursor.take(/\?P=(\w+)\)/y)
    if (back !== undefined) return { type: 'reference', group: back[1]! }
    const named = this.#cursor.take(/\?P?<([A-Za-z_]\w*)>|\?'([A-Za-z_]\w*)'/y)
    const name = named?.[1] ?? named?.[2]
    const kind = name === undefined ? this.#kind() : 'capture'
    const numbered = kind === 'capture' ? { index: ++this.#groups } : {}
    const body = this.#choice()
    if (!this.#cursor.skip(')')) this.#cursor.fail('a ( without its )')
    return { type: 'group', kind, ...numbered, ...(name === undefined ? {} : { name }), body }
  }

  #kind(): GroupKind {
    if (this.#cursor.peek() === '*') this.#cursor.fail('PCRE verbs (*...) are not supported')
    if (this.#cursor.peek() !== '?') return 'capture'
    for (const [opening, kind] of groupKinds) if (this.#cursor.skip(opening)) return kind
    if (this.#idleFlags()) return 'plain'
    return this.#cursor.fail('recursion, conditions, branch resets and flags within a pattern are not supported')
  }

  /** `(?i:...)` where the whole pattern ignores case anyway changes nothing. */
  #idleFlags(): boolean {
    const before = this.#cursor.offset
    const on = `${this.#flags.ignoreCase ? 'i' : ''}${this.#flags.multiline ? 'm' : ''}${this.#flags.dotAll ? 's' : ''}`
    const match = this.#cursor.take(/\?([a-z]+):/y)
    if (match !== undefined && [...(match[1] ?? '')].every((flag) => on.includes(flag))) return true
    this.#cursor.offset = before
    return false
  }
}

/**
 * Reads a pattern written for JavaScript, PCRE or Python.
 * @throws PATTERN_INVALID with the place and the reason
 */
export function parseRegex(source: string, flags: RegexFlags): ParsedRegex {
  return new RegexParser(source, flags).parse()
}
