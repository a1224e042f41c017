import type { TextPattern } from '../pattern/text-pattern.js'
import { compileTextPattern } from '../pattern/text-pattern.js'
import type { PromptMatcher } from '../platform.js'

/** What a prompt looks like. */
export interface PromptPattern {
  /** Ends in it; see the README of this package for the language. */
  readonly pattern: string
  /** Not a prompt when the text holds one of these: literal texts. */
  readonly excludes?: readonly string[]
  readonly ignoreCase?: boolean
}

/** A matcher that also says how many lines it looks at. */
export interface CompiledPrompt extends PromptMatcher {
  /** Lines of the longest prompt. */
  readonly lines: number
  start(tail: string): number | undefined
}

/** Stands for what was cut off a long line, so that `^` does not match at the cut. */
const cut = '\0'

/** Where the last `lines` lines begin, or the last `longest` characters, whichever is nearer to the end. */
function startOfTail(text: string, lines: number, longest: number): number {
  const nearest = Math.max(0, text.length - longest)
  // Cut before the search: a long text without line ends would be searched to its beginning, by each prompt.
  const near = text.slice(nearest)
  let start = near.length
  for (let line = 0; line < lines; line++) {
    start = start <= 0 ? -1 : near.lastIndexOf('\n', start - 1)
    if (start === -1) return nearest
  }
  return nearest + start + 1
}

class PatternMatcher implements CompiledPrompt {
  readonly lines: number
  readonly #pattern: TextPattern
  readonly #excludes: readonly string[]

  constructor(pattern: TextPattern, excludes: readonly string[]) {
    this.#pattern = pattern
    this.#excludes = excludes
    this.lines = pattern.lines
  }

  matches(tail: string): boolean {
    return this.start(tail) !== undefined
  }

  start(tail: string): number | undefined {
    // Most pieces of output end in a line end, which no prompt does: nothing is cut or copied for them.
    if (tail.length === 0 || tail.charCodeAt(tail.length - 1) === 10) return undefined
    const from = startOfTail(tail, this.lines, this.#pattern.longestText)
    const inLine = from > 0 && tail.charCodeAt(from - 1) !== 10
    const text = from === 0 ? tail : inLine ? cut + tail.slice(from) : tail.slice(from)
    const index = this.#find(text)
    if (index === undefined || this.#excludes.some((excluded) => text.includes(excluded))) return undefined
    return from + index - (inLine ? 1 : 0)
  }

  /** Devices differ in the blanks after a prompt, also of one vendor: a pattern matches with and without them. */
  #find(text: string): number | undefined {
    const trimmed = withoutBlanks(text)
    if (trimmed.length < text.length) {
      if (trimmed.endsWith('\n') || trimmed.length === 0) return undefined
      const index = this.#pattern.find(trimmed)
      if (index !== undefined) return index
    }
    return this.#pattern.find(text)
  }
}

/** `trimEnd` would take line feeds too, and a regular expression could be made to run for long. */
function withoutBlanks(text: string): string {
  let end = text.length
  while (end > 0 && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 9)) end -= 1
  return end === text.length ? text : text.slice(0, end)
}

class AnyMatcher implements CompiledPrompt {
  readonly lines: number
  readonly #matchers: readonly CompiledPrompt[]

  constructor(matchers: readonly CompiledPrompt[]) {
    this.#matchers = matchers
    this.lines = Math.max(1, ...matchers.map((matcher) => matcher.lines))
  }

  matches(tail: string): boolean {
    for (const matcher of this.#matchers) if (matcher.matches(tail)) return true
    return false
  }

  start(tail: string): number | undefined {
    let first: number | undefined
    for (const matcher of this.#matchers) {
      const start = matcher.start(tail)
      if (start !== undefined && (first === undefined || start < first)) first = start
    }
    return first
  }
}

/**
 * A matcher for one prompt or question. It is run on the end of the text only, so that its time is bounded whatever a
 * device prints.
 * @throws PATTERN_INVALID
 */
export function promptMatcher(prompt: PromptPattern): CompiledPrompt {
  const ignoreCase = prompt.ignoreCase ?? false
  return new PatternMatcher(compileTextPattern(prompt.pattern, ignoreCase), prompt.excludes ?? [])
}

/** Matches where one of the matchers does. */
export function anyPrompt(matchers: readonly CompiledPrompt[]): CompiledPrompt {
  return matchers.length === 1 ? matchers[0]! : new AnyMatcher(matchers)
}

/** A question of literal text: the end of the output holds it. */
export function literalMatcher(text: string): PromptMatcher {
  const longest = Math.max(512, text.length)
  return { matches: (tail) => tail.slice(-longest).includes(text) }
}
