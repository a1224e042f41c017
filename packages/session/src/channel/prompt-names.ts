/** Names kept: the present one, and those of a change within the same push. */
const mostNames = 8

/** Shortest name that may be the beginning of a known one: IOS cuts long host names in the prompts of config mode. */
const shortestCut = 8

const name = /[\p{L}\p{N}_][\p{L}\p{N}_.@-]*/u

/**
 * The names that a device has shown in its prompts. A prompt with a known name ends an answer at once; any other text
 * that fits the pattern of a prompt may be half a line of output, and is believed once nothing follows it. A prompt
 * without a name (`%` of a shell) is known by the whole of its text.
 */
export class PromptNames {
  #names: readonly string[] = []

  knows(prompt: string): boolean {
    const found = name.exec(prompt)?.[0]
    if (found === undefined) return this.#names.includes(prompt.trim())
    return this.#names.some(
      (known) => found.startsWith(known) || (found.length >= shortestCut && known.startsWith(found)),
    )
  }

  /** Whether there is a name at all: a line of `#####` in a greeting has none. */
  isNamed(prompt: string): boolean {
    return name.test(prompt)
  }

  add(prompt: string): void {
    const found = name.exec(prompt)?.[0] ?? prompt.trim()
    if (!this.#names.includes(found)) this.#names = [found, ...this.#names].slice(0, mostNames)
  }
}
