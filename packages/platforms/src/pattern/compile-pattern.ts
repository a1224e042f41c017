import { platformError } from '../errors.js'
import type { Ambiguity } from './ambiguity.js'
import { ambiguityOf, stepsOf } from './ambiguity.js'
import { charactersOf, noCharacters } from './character-set.js'
import type { ParsedRegex } from './parse-regex.js'
import { parseRegex } from './parse-regex.js'
import { printRegex } from './print-regex.js'
import type { RegexNode } from './regex-node.js'
import { visitNodes } from './regex-node.js'

/** A pattern that answers in bounded time, as long as its text is not longer than `longestText`. */
export interface CompiledPattern {
  readonly regexp: RegExp
  /** Characters that it may be run on. */
  readonly longestText: number
  /** Lines that it speaks of: one more than the line feeds in it. */
  readonly lines: number
}

export interface CompileOptions {
  /** Letters match in both cases. Default `false`. */
  readonly ignoreCase?: boolean
  /** `^` and `$` match at each line. Default `true`. */
  readonly multiline?: boolean
  /** The match must reach the end of the text, white space apart. Default `false`. */
  readonly atEnd?: boolean
}

/** No line that a device waits at is longer; longer ones are cut to their end. */
export const longestLine = 512
/** Below this a pattern would miss real prompts. */
const shortestLine = 96
/** Steps that a pattern may take: some milliseconds. A search for the worst pattern and text found 25. */
const mostSteps = 400_000
/** Steps on the shortest text, for patterns that stay above: some tens of milliseconds. */
const mostStepsShort = 4_000_000
/** Blanks and line ends after a prompt or a question. */
const trailing = '\\s{0,8}(?![\\s\\S])'

/** A pattern read, with what it may cost. */
interface AnalysedPattern extends ParsedRegex {
  readonly source: string
  readonly ambiguity: Ambiguity
  /** Characters that a backtracking matcher may be given; `undefined`: it would need too long for any. */
  readonly longestText: number | undefined
  /** Lines that it speaks of: one more than the line feeds in it. */
  readonly lines: number
}

function boundOf(ambiguity: Ambiguity): number | undefined {
  if (ambiguity.exponential) return undefined
  for (let length = longestLine; length >= shortestLine; length -= 32) {
    if (stepsOf(ambiguity, length) <= mostSteps) return length
  }
  return stepsOf(ambiguity, shortestLine) <= mostStepsShort ? shortestLine : undefined
}

function linesOf(node: RegexNode): number {
  let lines = 1
  visitNodes(node, (one) => {
    if (one.type === 'char' && one.source === '\\n') lines += 1
  })
  return lines
}

/** Reads a pattern and counts its ambiguity. @throws PATTERN_INVALID */
export function analysePattern(source: string, options: CompileOptions): AnalysedPattern {
  const { ignoreCase = false, multiline = true, atEnd = false } = options
  const { node, flags } = parseRegex(source, { ignoreCase, multiline, dotAll: false })
  const follow = atEnd ? charactersOf('\\s', false) : noCharacters
  const ambiguity = ambiguityOf(node, flags.ignoreCase, follow)
  return { source, node, flags, ambiguity, longestText: boundOf(ambiguity), lines: linesOf(node) }
}

/** An analysed pattern as a regular expression. @throws PATTERN_INVALID */
export function regexpOf({ node, flags }: AnalysedPattern, atEnd: boolean): RegExp {
  const printed = printRegex(node)
  const text = atEnd ? `(?:${printed})${trailing}` : printed
  const regexp = new RegExp(text, `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}`)
  // V8 interprets an expression the first time and makes machine code of it the second time: some fifty times faster.
  regexp.test('')
  return regexp
}

/** A pattern in JavaScript's writing, without a look at what it may cost. @throws PATTERN_INVALID */
export function translatePattern(source: string): string {
  return printRegex(parseRegex(source, { ignoreCase: true, multiline: true, dotAll: false }).node)
}

/** The error about a pattern that takes too long. */
export function tooAmbiguous(source: string): Error {
  return platformError(
    'PATTERN_INVALID',
    `pattern ${JSON.stringify(source)} can be made to run for very long: quantifiers within or beside each other take the same characters; give them limits, or characters that differ`,
  )
}

/**
 * Makes a regular expression of a pattern that a person wrote, for JavaScript or for PCRE; the README of this package
 * has the rule. Patterns that could be made to run for long are refused, so that no device can stop the process.
 * @throws PATTERN_INVALID
 */
export function compilePattern(source: string, options: CompileOptions = {}): CompiledPattern {
  const pattern = analysePattern(source, options)
  if (pattern.longestText === undefined) throw tooAmbiguous(source)
  return { regexp: regexpOf(pattern, options.atEnd ?? false), longestText: pattern.longestText, lines: pattern.lines }
}
