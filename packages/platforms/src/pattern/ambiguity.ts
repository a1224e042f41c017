import type { CharacterSet } from './character-set.js'
import { allCharacters, charactersOf, lineFeed, noCharacters, overlap } from './character-set.js'
import type { RegexNode, RegexRepeat } from './regex-node.js'

/** In how many ways a pattern can divide a text: what a backtracking matcher may have to try. */
export interface Ambiguity {
  /** Most repetitions of each quantifier that can hand characters over to what follows it. */
  readonly loops: readonly number[]
  /** The match may begin anywhere, so that all is tried at each place. */
  readonly floating: boolean
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
  loops: number[] = []
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
    for (const item of items.toReversed()) {
      this.count(item, after)
      const start = this.#start(item)
      after = start.empty ? start.first | after : start.first
    }
  }

  #countChoice(branches: readonly RegexNode[], follow: CharacterSet): void {
    let seen = noCharacters
    const before = this.loops
    let worst: number[] = []
    for (const branch of branches) {
      this.loops = []
      this.count(branch, follow)
      // Branches are tried one after the other: their ways add up, and the worst one tells the size.
      if (product(this.loops) > product(worst)) worst = this.loops
      const { first } = this.#start(branch)
      if (this.#depth > 0 && overlap(seen, first)) this.exponential = true
      seen |= first
    }
    this.loops = [...before, ...worst]
  }

  #countRepeat(repeat: RegexRepeat, follow: CharacterSet): void {
    const { body, max } = repeat
    const after = repeat.mode === 'possessive' ? noCharacters : follow
    const { first } = this.#start(body)
    if (max > 1 && max !== repeat.min && overlap(first, after)) {
      // White space before the end of a line hands over line feeds only, and a prompt's text has few of them.
      this.#addLoop((first & after) === lineFeed ? Math.min(max, mostLines) : max)
    }
    const inner = max > 1 ? after | first : after
    if (body.type !== 'char') this.#inside(max, () => this.count(body, inner))
  }

  #addLoop(max: number): void {
    if (this.#depth > 0) this.exponential = true
    for (let copy = 0; copy < this.#copies; copy++) this.loops.push(max)
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

const product = (loops: readonly number[]): number => loops.reduce((ways, max) => ways * Math.min(max, 512), 1)

const either = (a: Start, b: Start): Start => ({ first: a.first | b.first, empty: a.empty || b.empty })

/** Whether a match can begin only at the start of a line. */
function anchored(node: RegexNode): boolean {
  if (node.type === 'assertion') return node.source !== '$' && node.source !== '\\b' && node.source !== '\\B'
  if (node.type === 'sequence') return node.items[0] !== undefined && anchored(node.items[0])
  if (node.type === 'choice') return node.branches.every(anchored)
  return node.type === 'group' && (node.kind === 'capture' || node.kind === 'plain') && anchored(node.body)
}

/**
 * Counts a pattern's ambiguity: a quantifier is ambiguous when what it repeats and what may follow it begin with a
 * common character. `\w+@` is not, `\S+@` is. Never too low for patterns without references; it may be too high.
 * `follow`: characters that may come after the pattern.
 */
export function ambiguityOf(node: RegexNode, ignoreCase: boolean, follow: CharacterSet): Ambiguity {
  const counter = new AmbiguityCounter(ignoreCase)
  counter.count(node, follow)
  return { loops: counter.loops, floating: !anchored(node), exponential: counter.exponential }
}

/** The most ways in which the pattern can divide a text of `length` characters. */
export function waysOf(ambiguity: Ambiguity, length: number): number {
  let ways = ambiguity.floating ? length : 1
  let unlimited = 0
  for (const max of ambiguity.loops) {
    // The places where unlimited loops end are in order: n over k, not n to the power of k.
    ways *= max === Infinity ? length / ++unlimited : Math.min(max, length)
  }
  return ways
}
