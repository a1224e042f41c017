import type { CharacterSet } from './character-set.js'
import { allCharacters, charactersOf, lineFeed, noCharacters, overlap } from './character-set.js'
import type { RegexNode, RegexRepeat } from './regex-node.js'

/** A quantifier, as a backtracking matcher meets it. */
interface Loop {
  /** Most repetitions. */
  readonly max: number
  /**
   * What it repeats and what may follow it begin with a common character, so that it can hand characters over. Others
   * are given back one by one, and each time to no end.
   */
  readonly ambiguous: boolean
}

/** What a backtracking matcher may have to try for a pattern, whatever the text. */
export interface Ambiguity {
  /** From left to right. */
  readonly loops: readonly Loop[]
  /** Characters from one place where a match may begin to the next: 1 anywhere, `Infinity` at starts of lines only. */
  readonly stride: number
  /** The number of ways doubles with each character: no limit on the text's length helps. */
  readonly exponential: boolean
}

/** More repetitions than this make a loop: what is ambiguous inside of it counts as exponential. */
const fewRepetitions = 8

/** Lines that a prompt may have. */
const mostLines = 4

interface Start {
  /** Characters that a match of the node may begin with. */
  readonly first: CharacterSet
  /** The node may match nothing, so that what follows it begins. */
  readonly empty: boolean
}

const nothing: Start = { first: noCharacters, empty: true }

class AmbiguityCounter {
  loops: Loop[] = []
  exponential = false
  readonly #ignoreCase: boolean
  readonly #sets = new Map<string, CharacterSet>()
  /** Loops around the node in hand that repeat more than a few times. */
  #depth = 0
  /** How often what is inside small loops counts. */
  #copies = 1

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase
  }

  /** Walks the node, given what may come after it, and counts on the way. */
  count(node: RegexNode, follow: CharacterSet): void {
    switch (node.type) {
      case 'sequence':
        this.#countSequence(node.items, follow)
        return
      case 'choice':
        this.#countChoice(node.branches, follow)
        return
      case 'group':
        // What is inside a lookaround or an atomic group is decided without what follows.
        this.count(node.body, node.kind === 'capture' || node.kind === 'plain' ? follow : noCharacters)
        return
      case 'repeat':
        this.#countRepeat(node, follow)
    }
  }

  #countSequence(items: readonly RegexNode[], follow: CharacterSet): void {
    let after = follow
    let loops: Loop[] = []
    for (const item of items.toReversed()) {
      loops = [...this.#loopsOf(item, after), ...loops]
      const start = this.#start(item)
      after = start.empty ? start.first | after : start.first
    }
    this.loops.push(...loops)
  }

  #loopsOf(node: RegexNode, follow: CharacterSet): Loop[] {
    const before = this.loops
    this.loops = []
    this.count(node, follow)
    const found = this.loops
    this.loops = before
    return found
  }

  #countChoice(branches: readonly RegexNode[], follow: CharacterSet): void {
    let seen = noCharacters
    let alike = 1
    let worst: Loop[] = []
    for (const branch of branches) {
      const loops = this.#loopsOf(branch, follow)
      // Branches are tried one after the other: their ways add up, and the worst one tells the size.
      if (sizeOf(loops) > sizeOf(worst)) worst = loops
      const { first } = this.#start(branch)
      if (overlap(seen, first)) alike += 1
      seen |= first
    }
    if (alike > 1 && this.#depth > 0) this.exponential = true
    // Branches that begin alike may each be a way, for what comes before and after them.
    if (alike > 1) this.loops.push({ max: alike, ambiguous: true })
    this.loops.push(...worst)
  }

  #countRepeat(repeat: RegexRepeat, follow: CharacterSet): void {
    const { body, max } = repeat
    const after = repeat.mode === 'possessive' ? noCharacters : follow
    const { first } = this.#start(body)
    if (max !== repeat.min) this.#addLoop(max, first & after)
    const inner = max > 1 ? after | first : after
    if (body.type !== 'char') this.#inside(max, () => this.count(body, inner))
  }

  #addLoop(max: number, shared: CharacterSet): void {
    const ambiguous = shared !== noCharacters
    if (ambiguous && this.#depth > 0) this.exponential = true
    // White space before the end of a line hands over line feeds only, and a prompt's text has few of them.
    const most = shared === lineFeed ? Math.min(max, mostLines) : max
    // What may be there or not is two ways.
    for (let copy = 0; copy < this.#copies; copy++) this.loops.push({ max: Math.max(2, most), ambiguous })
  }

  #inside(max: number, run: () => void): void {
    const few = max <= fewRepetitions
    const copies = this.#copies
    if (few) this.#copies *= Math.max(1, max)
    else this.#depth += 1
    run()
    this.#copies = copies
    if (!few) this.#depth -= 1
  }

  #start(node: RegexNode): Start {
    switch (node.type) {
      case 'char':
        return { first: this.#set(node.source), empty: false }
      case 'assertion':
        // After the end of a line there is only a line feed.
        return node.source === '$' ? { first: lineFeed, empty: false } : nothing
      case 'reference':
        return { first: allCharacters, empty: true }
      case 'sequence':
        return this.#startOfSequence(node.items)
      case 'choice':
        return node.branches.map((branch) => this.#start(branch)).reduce(either)
      case 'group':
        return node.kind.includes('look') ? nothing : this.#start(node.body)
      case 'repeat': {
        const start = this.#start(node.body)
        return node.min === 0 ? { ...start, empty: true } : start
      }
    }
  }

  #startOfSequence(items: readonly RegexNode[]): Start {
    let first = noCharacters
    for (const item of items) {
      const start = this.#start(item)
      first |= start.first
      if (!start.empty) return { first, empty: false }
    }
    return { first, empty: true }
  }

  #set(source: string): CharacterSet {
    const known = this.#sets.get(source)
    if (known !== undefined) return known
    const set = charactersOf(source, this.#ignoreCase)
    this.#sets.set(source, set)
    return set
  }
}

const sizeOf = (loops: readonly Loop[]): number => stepsOf({ loops, stride: Infinity, exponential: false }, 512)

const either = (a: Start, b: Start): Start => ({ first: a.first | b.first, empty: a.empty || b.empty })

/** Whether a match can begin only at the start of a line. */
function anchored(node: RegexNode): boolean {
  if (node.type === 'assertion') return node.source !== '$' && node.source !== '\\b' && node.source !== '\\B'
  if (node.type === 'sequence') return node.items[0] !== undefined && anchored(node.items[0])
  if (node.type === 'choice') return node.branches.every(anchored)
  return node.type === 'group' && (node.kind === 'capture' || node.kind === 'plain') && anchored(node.body)
}

/** The literal text that every match begins with, as far as it is plain. */
function prefixOf(node: RegexNode): string {
  let prefix = ''
  for (const item of node.type === 'sequence' ? node.items : [node]) {
    if (item.type !== 'char' || !/^(?:\\[^A-Za-z0-9]|[^\\[])$/.test(item.source)) break
    prefix += item.source.at(-1)!
  }
  return prefix
}

/** How far apart two places with the same text are at least: `abcab` may begin again after `abc`. */
function periodOf(text: string): number {
  for (let shift = 1; shift < text.length; shift++) if (text.startsWith(text.slice(shift))) return shift
  return Math.max(1, text.length)
}

/**
 * Counts a pattern's ambiguity: a quantifier is ambiguous when what it repeats and what may follow it begin with a
 * common character. `\w+@` is not, `\S+@` is. `follow`: characters that may come after the pattern.
 */
export function ambiguityOf(node: RegexNode, ignoreCase: boolean, follow: CharacterSet): Ambiguity {
  const counter = new AmbiguityCounter(ignoreCase)
  counter.count(node, follow)
  const { loops, exponential } = counter
  const prefix = ignoreCase ? prefixOf(node).toLowerCase() : prefixOf(node)
  return { loops, exponential, stride: anchored(node) ? Infinity : periodOf(prefix) }
}

/** The steps that a backtracking matcher takes at most, about, on a text of `length` characters. */
export function stepsOf({ loops, stride }: Ambiguity, length: number): number {
  let ways = stride === Infinity ? mostLines : length / stride
  let steps = ways
  // Where a match begins and where unlimited loops end are in order: n over k ways, not n to the power of k.
  let places = stride === Infinity ? 0 : 1
  for (const { max, ambiguous } of loops) {
    const unlimited = max >= length
    const tried = (ways * Math.min(max, length)) / (unlimited ? places + 1 : 1)
    steps += tried
    if (!ambiguous) continue
    ways = tried
    if (unlimited) places += 1
  }
  return steps
}
