import type { Platform } from '../platform.js'
import { parseRule, takesCommand, wordsOf } from './command-rule.js'

/** Filters that write: an abbreviation that may mean one of them is not taken for a filter that reads. */
const writingFilters = ['redirect', 'tee', 'append', 'save', 'file', 'email', 'mail', 'vsh', 'request', 'write']

const writes = (word: string): boolean => writingFilters.some((filter) => filter.startsWith(word))

function filterReads(segment: string, filters: readonly string[]): boolean {
  const word = wordsOf(segment)[0]
  if (word === undefined) return false
  if (filters.includes(word)) return true
  return !writes(word) && filters.some((filter) => filter.startsWith(word))
}

/** A bar inside a word belongs to a regular expression (`include up|down`), unless a writing filter follows it. */
function segmentReads(before: string, segment: string, filters: readonly string[]): boolean {
  const insideWord = before !== '' && !/\s$/.test(before) && !/^\s/.test(segment)
  const word = wordsOf(segment)[0]
  if (insideWord && word !== undefined) return !writes(word)
  return filterReads(segment, filters)
}

function pipesRead(segments: readonly string[], filters: readonly string[]): boolean {
  return segments.every((segment, index) => {
    if (index === 0) return true
    // The first bar begins a filter, with blanks around it or without.
    return segmentReads(index === 1 ? '' : segments[index - 1]!, segment, filters)
  })
}

/**
 * Whether a command only reads, as far as the platform's data knows: a prefix that shows, filters that do not write,
 * nothing that redirects or begins a second command. Whatever is not known is `opaque`: it may change the device. So is
 * a command with control characters or line ends, which may be several.
 */
export function classifyCommand(platform: Platform, command: string): 'query' | 'opaque' {
  if (/[\x00-\x1f\x7f]/.test(command)) return 'opaque'
  if (platform.showExcludes?.some((pattern) => pattern.test(command)) === true) return 'opaque'
  const [main = '', ...filters] = command.toLowerCase().split('|')
  const words = wordsOf(main)
  const shows = platform.showPrefixes.some((prefix) => takesCommand(parseRule(prefix), words))
  return shows && pipesRead([main, ...filters], platform.showFilters ?? []) ? 'query' : 'opaque'
}
