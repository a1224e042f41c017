import type { ChannelPlatform } from './channel-call.js'
import { PromptNames } from './prompt-names.js'
import type { TerminalText } from './terminal-text.js'

/** No prompt is longer: what is longer costs no match. */
const longestPrompt = 512

/** What a prompt ends with, before blanks: a first look at completed lines that costs next to nothing. */
const promptEnds = new Set('>#$%]):~?')

const squash = (text: string): string => text.replace(/\s+/g, '')

/** Recognises the prompts of one device. */
export class PromptFinder {
  readonly #platform: ChannelPlatform
  readonly #names = new PromptNames()
  #last = ''

  constructor(platform: ChannelPlatform) {
    this.#platform = platform
  }

  /** The last prompt that ended an answer, with all its lines; `''` before the first. */
  get last(): string {
    return this.#last
  }

  /** The last prompt as what it is known by from now on. */
  remember(prompt: string): void {
    this.#last = prompt
    this.#names.add(lastLine(prompt))
  }

  isFamiliar(prompt: string): boolean {
    return this.#names.knows(lastLine(prompt))
  }

  isNamed(prompt: string): boolean {
    return this.#names.isNamed(lastLine(prompt))
  }

  /** The prompt that the cursor stands behind, with all its lines, or `undefined`. */
  at(text: TerminalText): string | undefined {
    const row = text.row
    if (row === '' || row.length > longestPrompt || text.rowIsCut) return undefined
    return this.#endingWith(row, text.lines)
  }

  /** Whether a completed line is a prompt of this device, left behind by a message that came after it. */
  isLeftBehind(line: string): boolean {
    const shown = line.trimEnd()
    if (shown.length > longestPrompt || !promptEnds.has(shown.at(-1) ?? '')) return false
    // The first prompt of all has no known name, and a message may follow it at once too.
    const mayBe = this.#last === '' ? this.#names.isNamed(shown) : this.#names.knows(shown)
    return mayBe && this.#platform.prompt.matches(line)
  }

  /** Whether the text, blanks aside, may stand before an echo. */
  precedes(prefix: string): boolean {
    if (prefix.length > longestPrompt) return false
    if (this.#last !== '' && squash(lastLine(this.#last)) === prefix) return true
    return this.#platform.prompt.matches(prefix) || this.#platform.prompt.matches(`${prefix} `)
  }

  #endingWith(row: string, lines: readonly string[]): string | undefined {
    const { prompt, promptLines } = this.#platform
    const before = promptLines > 1 && lines.length > 0 ? lines.slice(1 - promptLines) : []
    const tail = before.length === 0 ? row : `${before.map(shortened).join('\n')}\n${row}`
    if (!prompt.matches(tail)) return undefined
    const start = prompt.start?.(tail) ?? tail.length
    return tail.slice(Math.min(tail.lastIndexOf('\n', start - 1) + 1, tail.length - row.length))
  }
}

const shortened = (line: string): string => line.slice(-longestPrompt)
const lastLine = (text: string): string => text.slice(text.lastIndexOf('\n') + 1)
