/** Characters as bits: one for each ASCII character, one for all others. */
export type CharacterSet = bigint

export const noCharacters: CharacterSet = 0n
export const allCharacters: CharacterSet = (1n << 129n) - 1n
export const lineFeed: CharacterSet = 1n << 10n

/** Stands for all that is not ASCII: a letter for `\w`-like sets of other alphabets, not white space. */
const beyondAscii = '\u00e9'

/** What a one-character pattern, in JavaScript's writing, takes. */
export function charactersOf(source: string, ignoreCase: boolean): CharacterSet {
  const pattern = new RegExp(`^(?:${source})`, ignoreCase ? 'i' : '')
  let set = noCharacters
  for (let code = 0; code < 128; code++) {
    if (pattern.test(String.fromCharCode(code))) set |= 1n << BigInt(code)
  }
  return pattern.test(beyondAscii) ? set | (1n << 128n) : set
}

export const overlap = (a: CharacterSet, b: CharacterSet): boolean => (a & b) !== noCharacters
