import { platformError } from '../errors.js'
import { ambiguityOf, waysOf } from './ambiguity.js'
import { charactersOf } from './character-set.js'
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
const longestText = 512
/** Below this a pattern would miss real prompts. */
const shortestText = 96
/** Ways to try, at most. The worst text found for any pattern of `scrapli_definitions` takes some milliseconds. */
const mostWays = 48_000_000

/** The length at which the pattern stays below the limit, or `undefined`. */
function boundOf(node: RegexNode, ignoreCase: boolean, atEnd: boolean): number | undefined {
  const follow = atEnd ? charactersOf('\\s', false) : 0n
  const ambiguity = ambiguityOf(node, ignoreCase, follow)
  if (ambiguity.exponential) return undefined
  for (let length = longestText; length >= shortestText; length -= 32) {
    if (waysOf(ambiguity, length) <= mostWays) return length
  }
  return undefined
}

function linesOf(node: RegexNode): number {
  let lines = 1
  visitNodes(node, (one) => {
    if (one.type === 'char' && one.source === '\\n') lines += 1
  })
  return lines
}

/**
 * Makes a regular expression of a pattern that a person wrote, for JavaScript or for PCRE; the README of this package
 * has the rule. Patterns that could be made to run for long are refused, so that no device can stop the process.
 * @throws PATTERN_INVALID
 */
export function compilePattern(source: string, options: CompileOptions = {}): CompiledPattern {
  const { ignoreCase = false, multiline = true, atEnd = false } = options
  const { node, flags } = parseRegex(source, { ignoreCase, multiline, dotAll: false })
  const bound = boundOf(node, flags.ignoreCase, atEnd)
  if (bound === undefined) {
    throw platformError(
      'PATTERN_INVALID',
      `pattern ${JSON.stringify(source)} can be made to run for very long: quantifiers within or beside each other take the same characters`,
    )
  }
  const printed = printRegex(node)
  const text = atEnd ? `(?:${printed})\\s*(?![\\s\\S])` : printed
  const regexp = new RegExp(text, `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}`)
  return { regexp, longestText: bound, lines: linesOf(node) }
}
