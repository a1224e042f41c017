import type { TerminalText } from './terminal-text.js'

const blanks = /\s+/g
const squash = (text: string): string => text.replace(blanks, '')

/** readline prints the first character of a new row twice, with a return in between (vtysh on a vt100). */
const onceAtWraps = (ink: string): string => ink.replace(/(\S)\r\1/g, '$1')

/** An echo that has not come within so many lines is not coming. */
const mostLines = 500

/** Columns of the narrowest terminal: shorter inputs are never wrapped. */
const narrowestTerminal = 40

/** Room for a prompt before a wrapped echo. */
const longestPrefix = 160

/** Fewest characters of an input that say which input it is, when its front has scrolled away. */
const tellingLength = 8

/**
 * Finds the line in which the echo of an input ends. What a device has sent before it (a prompt drawn again after a log
 * message, the log message itself) is no answer, and a prompt in there ends nothing.
 *
 * Blanks do not count, since devices wrap an echo at the terminal's width with blanks, line ends and carriage returns.
 * The echo stands at the beginning of a line or after a prompt, so that no log message is taken for it. Editors that
 * scroll a long line sideways show `$` or `<` and the line's end (Cisco IOS, readline's horizontal-scroll-mode).
 */
export class EchoWatch {
  readonly #input: string
  readonly #isPrompt: (text: string) => boolean
  #next = 0

  constructor(input: string, isPrompt: (text: string) => boolean) {
    this.#input = squash(input)
    this.#isPrompt = isPrompt
  }

  /** Index of the line that ends the echo; -1 while there is none. Looks at each line once. */
  find(text: TerminalText): number {
    const end = Math.min(text.lines.length, mostLines)
    for (; this.#next < end; this.#next++) {
      if (this.#endsAt(this.#next, text)) return this.#next
    }
    return -1
  }

  /** Whether the line, though not the echo, was meant as one: it is no output then. */
  resembles(line: string): boolean {
    const start = this.#input.slice(0, tellingLength)
    const found = squash(line).indexOf(start)
    return start !== '' && found !== -1 && this.#mayPrecede(squash(line).slice(0, found))
  }

  #endsAt(index: number, text: TerminalText): boolean {
    if (this.#input === '') return true
    const line = text.lines[index]!
    if (this.#fits(squash(line))) return true
    const ink = text.inkOf(index)
    if (ink !== line && (this.#fits(squash(ink)) || this.#fits(squash(onceAtWraps(ink))))) return true
    return this.#wrappedTo(index, text)
  }

  #fits(line: string): boolean {
    if (line.endsWith(this.#input)) return this.#mayPrecede(line.slice(0, -this.#input.length))
    return this.#input.length > narrowestTerminal / 2 && this.#scrolled(line)
  }

  #scrolled(line: string): boolean {
    const marker = Math.max(line.lastIndexOf('$'), line.lastIndexOf('<'))
    if (marker === -1) return false
    const end = line.slice(marker + 1)
    return end.length >= tellingLength && this.#input.endsWith(end) && this.#mayPrecede(line.slice(0, marker))
  }

  /** The echo of a long input over several lines. */
  #wrappedTo(index: number, text: TerminalText): boolean {
    if (this.#input.length < narrowestTerminal / 2) return false
    let joined = squash(text.lines[index]!)
    for (let first = index - 1; first >= 0 && joined.length < this.#input.length + longestPrefix; first--) {
      joined = squash(text.lines[first]!) + joined
      if (joined.length >= this.#input.length && this.#fits(joined)) return true
    }
    return false
  }

  #mayPrecede(prefix: string): boolean {
    return prefix === '' || this.#isPrompt(prefix)
  }
}
