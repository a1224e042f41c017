/** One word of a rule. */
type RuleWord =
  /** A word that is `whole`, or cut short to no less than `least` characters. */
  | { readonly kind: 'word'; readonly whole: string; readonly least: number }
  | { readonly kind: 'beginning'; readonly text: string }
  | { readonly kind: 'any' | 'many' | 'end' }

/**
 * Commands, by the words that they begin with: `wr[ite] er[ase]` takes `wr er` to `write erase`, `*` any one word,
 * `mkfs*` any word that begins so, `...` any number of words, and `$` at the end says that nothing may follow.
 */
export type CommandRule = readonly RuleWord[]

/** Words of a text, in lower case. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')

/** What is wrong with a rule as text; `undefined`: nothing. */
export function ruleProblem(text: string): string | undefined {
  const words = wordsOf(text)
  if (words.length === 0) return 'must have at least one word'
  if (words.every((word) => ['*', '...', '$'].includes(word))) return 'must have a word of a command in it'
  if (words.slice(0, -1).includes('$')) return 'may have $ only at its end'
  const bad = words.find((word) => /[[\]]/.test(word) && !/^[^[\]]+\[[^[\]]+\]$/.test(word))
  return bad === undefined ? undefined : `"${bad}" must be written like sh[ow]`
}

function ruleWord(word: string): RuleWord {
  if (word === '*') return { kind: 'any' }
  if (word === '...') return { kind: 'many' }
  if (word === '$') return { kind: 'end' }
  if (word.endsWith('*')) return { kind: 'beginning', text: word.slice(0, -1) }
  const open = word.indexOf('[')
  if (open === -1) return { kind: 'word', whole: word, least: word.length }
  return { kind: 'word', whole: word.slice(0, open) + word.slice(open + 1, -1), least: open }
}

/** A rule from its text; what `ruleProblem` finds wrong takes nothing that makes sense. */
export const parseRule = (text: string): CommandRule => wordsOf(text).map(ruleWord)

function takesWord(pattern: RuleWord, word: string): boolean {
  switch (pattern.kind) {
    case 'word':
      return word.length >= pattern.least && pattern.whole.startsWith(word)
    case 'beginning':
      return word.startsWith(pattern.text)
    default:
      return pattern.kind === 'any'
  }
}

/**
 * Where in the words the rule ends, when they go on at `from` as it says from its word `at` on; `undefined`: they do
 * not. Goes back to the last `...` alone, so that its time is bounded by the product of both lengths.
 */
export function takenBy(rule: CommandRule, words: readonly string[], from = 0): number | undefined {
  let [at, index, retryAt, retryIndex] = [0, from, -1, from]
  while (at < rule.length) {
    const pattern = rule[at]!
    if (pattern.kind === 'many') [retryAt, retryIndex, at] = [at, index, at + 1]
    else if (pattern.kind === 'end' && index === words.length) at++
    else if (index < words.length && takesWord(pattern, words[index]!)) [at, index] = [at + 1, index + 1]
    else if (retryAt !== -1 && retryIndex < words.length) [at, index] = [retryAt + 1, ++retryIndex]
    else return undefined
  }
  return index
}

/** Whether a command begins as the rule says. */
export const takesCommand = (rule: CommandRule, words: readonly string[]): boolean => takenBy(rule, words) !== undefined
