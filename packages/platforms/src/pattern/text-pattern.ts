import { analysePattern, longestLine, regexpOf, tooAmbiguous } from './compile-pattern.js'
import { compileLinear } from './linear-pattern.js'

/** A pattern that a text ends in, found in bounded time. */
export interface TextPattern {
  /** Characters that it may be run on. */
  readonly longestText: number
  readonly lines: number
  /** Where the match begins that reaches the end of the text, white space apart; the leftmost one. */
  find(text: string): number | undefined
}

/**
 * Makes a pattern of a prompt. It runs as a regular expression where that is quick on any text, else on a matcher of
 * our own whose time grows with the text's length only, so that a definition with patterns like `\S+@\S+:\S+` is safe.
 * @throws PATTERN_INVALID
 */
export function compileTextPattern(source: string, ignoreCase: boolean): TextPattern {
  const pattern = analysePattern(source, { ignoreCase, atEnd: true })
  const { longestText, lines, ambiguity } = pattern
  if (longestText !== longestLine && !ambiguity.exponential) {
    const find = compileLinear(pattern)
    if (find !== undefined) return { longestText: longestLine, lines, find }
  }
  if (longestText === undefined) throw tooAmbiguous(source)
  const regexp = regexpOf(pattern, true)
  return { longestText, lines, find: (text) => regexp.exec(text)?.index }
}
