import type { CharacterSet } from './character-set.js'
import { charactersOf } from './character-set.js'
import type { ParsedRegex } from './parse-regex.js'
import type { RegexGroup, RegexNode, RegexRepeat } from './regex-node.js'

/** One step of the matcher's program; `next` and `other` are places in it. */
type Instruction =
  | { readonly type: 'take'; readonly members: Uint8Array }
  | { readonly type: 'assert'; readonly at: '^' | '$' }
  | { readonly type: 'split'; next: number; other: number }
  | { readonly type: 'jump'; next: number }
  | { readonly type: 'match' }

/** A program longer than this would be slow itself; prompts need some dozens. */
const mostInstructions = 4000

const lineFeedCode = 10
/** Bits of a set: one for each ASCII character, the last for all others. */
const bits = 129

/** Translates a tree into a program for the Thompson construction. */
class ProgramWriter {
  readonly program: Instruction[] = []
  readonly #ignoreCase: boolean
  readonly #sets = new Map<string, Instruction>()

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase
  }

  /** `false`: the node needs more than this matcher has, or the program grew too long. */
  write(node: RegexNode): boolean {
    if (this.program.length > mostInstructions) return false
    switch (node.type) {
      case 'char':
        return this.#take(node.source)
      case 'assertion':
        return this.#assert(node.source)
      case 'sequence':
        return node.items.every((item) => this.write(item))
      case 'choice':
        return this.#choice(node.branches)
      case 'group':
        return isPlain(node) && this.write(node.body)
      case 'repeat':
        return node.mode !== 'possessive' && this.#repeat(node)
      case 'reference':
        return false
    }
  }

  #take(source: string): boolean {
    // `\R` is two characters at times.
    if (source.startsWith('(')) return false
    const known = this.#sets.get(source) ?? takeOf(charactersOf(source, this.#ignoreCase))
    this.#sets.set(source, known)
    this.program.push(known)
    return true
  }

  #assert(source: string): boolean {
    if (source !== '^' && source !== '$') return false
    this.program.push({ type: 'assert', at: source })
    return true
  }

  #choice(branches: readonly RegexNode[]): boolean {
    const ends: { next: number }[] = []
    for (const [index, branch] of branches.entries()) {
      if (index === branches.length - 1) {
        if (!this.write(branch)) return false
        continue
      }
      const split = this.#split()
      if (!this.write(branch)) return false
      ends.push(this.#jump(0))
      split.other = this.program.length
    }
    for (const end of ends) end.next = this.program.length
    return true
  }

  #repeat({ body, min, max }: RegexRepeat): boolean {
    for (let count = 0; count < min; count++) if (!this.write(body)) return false
    if (max === Infinity) return this.#loop(body)
    const splits: { other: number }[] = []
    for (let count = min; count < max; count++) {
      splits.push(this.#split())
      if (!this.write(body)) return false
    }
    for (const split of splits) split.other = this.program.length
    return true
  }

  #loop(body: RegexNode): boolean {
    const start = this.program.length
    const split = this.#split()
    if (!this.write(body)) return false
    this.#jump(start)
    split.other = this.program.length
    return true
  }

  #split(): { next: number; other: number } {
    const split = { type: 'split' as const, next: this.program.length + 1, other: 0 }
    this.program.push(split)
    return split
  }

  #jump(next: number): { next: number } {
    const jump = { type: 'jump' as const, next }
    this.program.push(jump)
    return jump
  }
}

const isPlain = ({ kind }: RegexGroup): boolean => kind === 'capture' || kind === 'plain'

function takeOf(set: CharacterSet): Instruction {
  const members = new Uint8Array(bits)
  for (let bit = 0; bit < bits; bit++) members[bit] = (set >> BigInt(bit)) & 1n ? 1 : 0
  return { type: 'take', members }
}

/** Places in the program that the text so far leads to, each with the leftmost start that does. */
interface Threads {
  readonly places: number[]
  readonly starts: number[]
}

/** A place in the text. */
interface Position {
  readonly text: string
  readonly at: number
}

/** Runs all ways at once: each place is held once per character, so that time is text times program. */
class LinearMatcher {
  readonly #program: readonly Instruction[]
  readonly #multiline: boolean
  /** The position in the text at which a place was held last. */
  readonly #seen: Int32Array

  constructor(program: readonly Instruction[], multiline: boolean) {
    this.#program = program
    this.#multiline = multiline
    this.#seen = new Int32Array(program.length)
  }

  find(text: string): number | undefined {
    this.#seen.fill(-1)
    let threads: Threads = { places: [], starts: [] }
    for (let at = 0; at <= text.length; at++) {
      const position = { text, at }
      // Threads keep the order of their starts, the newest last, so that the leftmost comes first to each place.
      threads = this.#take(threads, position)
      this.#hold(threads, { place: 0, start: at }, position)
    }
    const found = threads.places.findIndex((place) => this.#program[place]?.type === 'match')
    return found === -1 ? undefined : threads.starts[found]
  }

  /** Takes the character before the position. */
  #take(threads: Threads, position: Position): Threads {
    const next: Threads = { places: [], starts: [] }
    const code = Math.min(position.text.charCodeAt(position.at - 1), bits - 1)
    threads.places.forEach((place, index) => {
      const instruction = this.#program[place]
      if (instruction?.type === 'take' && instruction.members[code] === 1) {
        this.#hold(next, { place: place + 1, start: threads.starts[index]! }, position)
      }
    })
    return next
  }

  /** Holds a place, and those that it leads to without taking a character. */
  #hold(threads: Threads, from: { readonly place: number; readonly start: number }, position: Position): void {
    const open = [from.place]
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (this.#seen[place] === position.at) continue
      this.#seen[place] = position.at
      const instruction = this.#program[place]!
      if (instruction.type === 'jump') open.push(instruction.next)
      else if (instruction.type === 'split') open.push(instruction.other, instruction.next)
      else if (instruction.type === 'assert') {
        if (this.#holds(instruction.at, position)) open.push(place + 1)
      } else {
        threads.places.push(place)
        threads.starts.push(from.start)
      }
    }
  }

  #holds(assertion: '^' | '$', { text, at }: Position): boolean {
    if (assertion === '^') return at === 0 || (this.#multiline && text.charCodeAt(at - 1) === lineFeedCode)
    return at === text.length || (this.#multiline && text.charCodeAt(at) === lineFeedCode)
  }
}

const blanks: RegexNode = {
  type: 'repeat',
  body: { type: 'char', source: '\\s' },
  min: 0,
  max: 8,
  mode: 'greedy',
}

/**
 * A finder whose time grows with text times pattern, whatever both are; `undefined` for patterns with lookarounds,
 * references or possessive quantifiers, which it cannot run. Characters beyond ASCII count as one kind, a letter.
 */
export function compileLinear({ node, flags }: ParsedRegex): ((text: string) => number | undefined) | undefined {
  const writer = new ProgramWriter(flags.ignoreCase)
  if (!writer.write(node) || !writer.write(blanks)) return undefined
  writer.program.push({ type: 'match' })
  const matcher = new LinearMatcher(writer.program, flags.multiline)
  return (text) => matcher.find(text)
}
