import type { PlatformPolicy } from '../platform.js'
import type { CommandRule } from './command-rule.js'
import { parseRule, takenBy, wordsOf } from './command-rule.js'

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** Quotes and escapes do not change what runs; a device drops them. */
const withoutQuotes = (line: string): string => line.replace(/["'\\]/g, '')

/** A prefix that hands the rest of a line on; an open one, to a command that may begin at any later word. */
interface Prefix {
  readonly rule: CommandRule
  readonly isOpen: boolean
}

function prefixOf(text: string): Prefix {
  const rule = parseRule(text)
  const isOpen = rule.at(-1)?.kind === 'many'
  return { rule: isOpen ? rule.slice(0, -1) : rule, isOpen }
}

/** Commands behind prefixes, from the word `from` on. */
function* behind(words: readonly string[], from: number, prefixes: readonly Prefix[]): Generator<readonly string[]> {
  for (const { rule, isOpen } of prefixes) {
    const end = takenBy(rule, words, from)
    if (end === undefined || end === from) continue
    yield words.slice(end)
    if (isOpen) for (let at = end + 1; at < words.length; at++) yield words.slice(at)
    else yield* behind(words, end, prefixes)
  }
}

/**
 * Reads lines as a platform does: every command that a line may make the device run, as words in lower case. Those are
 * what stands between separators, where the platform chains commands, and behind prefixes that hand a command on
 * (`do reload`, `sudo reboot`).
 */
export function statementReader({
  prefixes,
  separators,
}: Pick<PlatformPolicy, 'prefixes' | 'separators'>): (line: string) => readonly (readonly string[])[] {
  const handing = prefixes.map(prefixOf)
  const separator = separators.length === 0 ? undefined : new RegExp(separators.map(escaped).join('|'))
  return (line) => {
    const text = withoutQuotes(line)
    const parts = separator === undefined ? [text] : text.split(separator)
    return parts.flatMap((part) => {
      const words = wordsOf(part)
      return words.length === 0 ? [] : [words, ...behind(words, 0, handing)]
    })
  }
}
