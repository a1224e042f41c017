/** Characters as bits: one for each ASCII character, one for all others. */
export type CharacterSet = bigint

export const noCharacters: CharacterSet = 0n
export const allCharacters: CharacterSet = (1n << 129n) - 1n
export const lineFeed: CharacterSet = 1n << 10n

/** Stands for all that is not ASCII: a letter for `\w`-like sets of other alphabets, not white space. */
const beyondAscii = '\u00e9'

/** Each character that has a bit, in the order of the bits. */
const everyCharacter = `${String.fromCharCode(...Array(128).keys())}${beyondAscii}`

const bitOf = (code: number): CharacterSet => 1n << BigInt(code)

/** A literal's own bit, without running anything: most of a pattern is literals. */
function literalSet(source: string): CharacterSet | undefined {
  const character = source.length === 1 ? source : /^\\[^A-Za-z0-9]$/.test(source) ? source[1]! : undefined
  return character === undefined || character > '\x7f' ? undefined : bitOf(character.charCodeAt(0))
}

/** What a one-character pattern, in JavaScript's writing, takes. */
export function charactersOf(source: string, ignoreCase: boolean): CharacterSet {
  const single = ignoreCase ? undefined : literalSet(source)
  if (single !== undefined) return single
  let set = noCharacters
  for (const match of everyCharacter.matchAll(new RegExp(source, ignoreCase ? 'gi' : 'g'))) set |= bitOf(match.index)
  return set
}

export const overlap = (a: CharacterSet, b: CharacterSet): boolean => (a & b) !== noCharacters
