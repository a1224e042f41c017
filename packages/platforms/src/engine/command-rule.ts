/**
 * Commands, as the words that they begin with: `wr[ite] er[ase]` takes `wr er` to `write erase`, `*` any one word,
 * `mkfs*` any word that begins so, `...` any number of words, and `$` at the end says that nothing may follow.
 */
export type CommandRule = readonly string[]

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

/** `sh[ow]` takes `sh`, `sho` and `show`. */
function takesWord(pattern: string, word: string): boolean {
  if (pattern === '*') return true
  if (pattern.endsWith('*')) return word.startsWith(pattern.slice(0, -1))
  const open = pattern.indexOf('[')
  if (open === -1) return pattern === word
  const whole = pattern.slice(0, open) + pattern.slice(open + 1, -1)
  return word.length >= open && whole.startsWith(word)
}

/** How many of the words the rule takes; `undefined`: they do not begin as it says. */
export function takenBy(rule: CommandRule, words: readonly string[]): number | undefined {
  const [first, ...rest] = rule
  if (first === undefined) return 0
  if (first === '$') return words.length === 0 ? 0 : undefined
  if (first === '...') return takenAnywhere(rest, words)
  const [word] = words
  if (word === undefined || !takesWord(first, word)) return undefined
  const more = takenBy(rest, words.slice(1))
  return more === undefined ? undefined : more + 1
}

function takenAnywhere(rule: CommandRule, words: readonly string[]): number | undefined {
  for (let at = 0; at <= words.length; at++) {
    const more = takenBy(rule, words.slice(at))
    if (more !== undefined) return at + more
  }
  return undefined
}

/** Whether a command begins as the rule says. */
export const takesCommand = (rule: CommandRule, words: readonly string[]): boolean => takenBy(rule, words) !== undefined
