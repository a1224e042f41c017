import { expandWord } from './command-table.js'

/** The first words of config lines, and which of them need an argument. */
export class LineVocabulary {
  readonly #words = new Map<string, boolean>()

  /** `text`: words with blanks between; `+` behind a word: it needs an argument. */
  constructor(text: string) {
    for (const word of text.trim().split(/\s+/)) this.#words.set(word.replace('+', ''), word.endsWith('+'))
  }

  /** The full word; `null`: several could be meant; `undefined`: unknown. */
  expand(token: string): string | null | undefined {
    return expandWord(token, this.#words.keys())
  }

  needsArgument(word: string): boolean {
    return this.#words.get(word) ?? false
  }
}
