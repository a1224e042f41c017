import { platformError } from '../errors.js'
import type { RegexGroup, RegexNode, RegexRepeat } from './regex-node.js'

const openings: Readonly<Record<RegexGroup['kind'], string>> = {
  capture: '(',
  plain: '(?:',
  atomic: '(?:',
  lookahead: '(?=',
  'negative lookahead': '(?!',
  lookbehind: '(?<=',
  'negative lookbehind': '(?<!',
}

const refuse = (reason: string): never => {
  throw platformError('PATTERN_INVALID', reason)
}

/**
 * Writes a tree as JavaScript. What matches once and is never given back (possessive quantifiers, atomic groups)
 * becomes a lookahead whose capture is then taken: `X++` is `(?=(X+))\1`. JavaScript never backtracks into a finished
 * lookahead, so that this is exact. The captures added shift the numbers of the pattern's own ones; references follow.
 */
class RegexPrinter {
  /** JavaScript's number by the source's number or name, of groups that have been closed and always take part. */
  readonly #numbers = new Map<number | string, number>()
  #captures = 0
  #behind = 0
  /** Depth of what may match not at all or several times: captures in there differ between the languages. */
  #uncertain = 0

  print(node: RegexNode): string {
    switch (node.type) {
      case 'char':
      case 'assertion':
        return node.source
      case 'sequence':
        return node.items.map((item) => this.print(item)).join('')
      case 'choice':
        return this.#uncertainly(() => node.branches.map((branch) => this.print(branch)).join('|'))
      case 'group':
        return this.#group(node)
      case 'repeat':
        return this.#repeat(node)
      case 'reference':
        return this.#reference(node.group)
    }
  }

  #group(group: RegexGroup): string {
    if (group.kind === 'atomic') return this.#atomic(() => this.print(group.body))
    const number = group.kind === 'capture' ? ++this.#captures : undefined
    const behind = group.kind.endsWith('lookbehind') ? 1 : 0
    const negative = group.kind.startsWith('negative')
    this.#behind += behind
    const body = negative ? this.#uncertainly(() => this.print(group.body)) : this.print(group.body)
    this.#behind -= behind
    if (number !== undefined && this.#uncertain === 0) this.#remember(group, number)
    const opening = group.name === undefined ? openings[group.kind] : `(?<${group.name}>`
    return `${opening}${body})`
  }

  #remember(group: RegexGroup, number: number): void {
    if (group.index !== undefined) this.#numbers.set(group.index, number)
    if (group.name !== undefined) this.#numbers.set(group.name, number)
  }

  #repeat(repeat: RegexRepeat): string {
    if (repeat.mode === 'possessive') return this.#atomic(() => this.#repeat({ ...repeat, mode: 'greedy' }))
    const body = this.#uncertainly(() => this.print(repeat.body))
    // Groups of their own kind stand alone; everything else that is longer than one character needs brackets.
    const alone = repeat.body.type === 'char' || (repeat.body.type === 'group' && repeat.body.kind !== 'atomic')
    const atom = alone ? body : `(?:${body})`
    return `${atom}${quantifier(repeat)}${repeat.mode === 'lazy' ? '?' : ''}`
  }

  #atomic(body: () => string): string {
    if (this.#behind > 0) refuse('a possessive quantifier or atomic group in a lookbehind has no form in JavaScript')
    const number = ++this.#captures
    // Brackets keep a digit that follows from becoming part of the number.
    return `(?:(?=(${body()}))\\${number})`
  }

  #reference(group: number | string): string {
    const number = this.#numbers.get(group)
    if (number === undefined) {
      return refuse(`reference to group ${group}: there is none before it, or it may not have taken part`)
    }
    return `(?:\\${number})`
  }

  #uncertainly(run: () => string): string {
    this.#uncertain += 1
    const text = run()
    this.#uncertain -= 1
    return text
  }
}

function quantifier({ min, max }: RegexRepeat): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}

/**
 * A tree as the source of a JavaScript regular expression.
 * @throws PATTERN_INVALID for what has no exact form in JavaScript
 */
export function printRegex(node: RegexNode): string {
  return new RegexPrinter().print(node)
}
