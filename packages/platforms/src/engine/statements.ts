import type { PlatformPolicy } from '../platform.js'
import { takenBy, wordsOf } from './command-rule.js'

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** Quotes and escapes do not change what runs; a device drops them. */
const withoutQuotes = (line: string): string => line.replace(/["'\\]/g, '')

function partsOf(line: string, separators: readonly string[]): readonly string[] {
  if (separators.length === 0) return [line]
  return line.split(new RegExp(separators.map(escaped).join('|')))
}

/** What follows a prefix such as `do`: a command of its own. After one with `...`, it may begin at any word. */
function* behindPrefixes(
  words: readonly string[],
  prefixes: readonly (readonly string[])[],
): Generator<readonly string[]> {
  for (const prefix of prefixes) {
    const isOpen = prefix.at(-1) === '...'
    const taken = takenBy(isOpen ? prefix.slice(0, -1) : prefix, words)
    if (taken === undefined || taken === 0) continue
    const rest = words.slice(taken)
    yield rest
    if (isOpen) for (let at = 1; at < rest.length; at++) yield rest.slice(at)
    else yield* behindPrefixes(rest, prefixes)
  }
}

/**
 * Every command that a line may make the device run, as words in lower case: those between separators where the
 * platform chains commands, and what stands behind prefixes that hand a command on (`do reload`, `sudo reboot`).
 */
export function statementsOf(
  { prefixes, separators }: Pick<PlatformPolicy, 'prefixes' | 'separators'>,
  line: string,
): readonly (readonly string[])[] {
  const rules = prefixes.map(wordsOf)
  return partsOf(withoutQuotes(line), separators).flatMap((part) => {
    const words = wordsOf(part)
    return words.length === 0 ? [] : [words, ...behindPrefixes(words, rules)]
  })
}
