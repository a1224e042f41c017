import type { Platform } from '../platform.js'

/** Filters that write: an abbreviation that may mean one of them is not taken for a filter that reads. */
const writingFilters = ['redirect', 'tee', 'append', 'save', 'file', 'email', 'mail', 'vsh', 'request', 'write']

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '')

/** `sh[ow]` takes `sh`, `sho` and `show`. */
function takesWord(pattern: string, word: string): boolean {
  if (pattern === '*') return true
  const open = pattern.indexOf('[')
  if (open === -1) return pattern === word
  const whole = pattern.slice(0, open) + pattern.slice(open + 1, -1)
  return word.length >= open && whole.startsWith(word)
}

function takesPrefix(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return true
  if (first === '...') return words.some((_, index) => takesPrefix(rest, words.slice(index)))
  const [word, ...others] = words
  return word !== undefined && takesWord(first, word) && takesPrefix(rest, others)
}

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
  const shows = platform.showPrefixes.some((prefix) => takesPrefix(wordsOf(prefix), words))
  return shows && pipesRead([main, ...filters], platform.showFilters ?? []) ? 'query' : 'opaque'
}
