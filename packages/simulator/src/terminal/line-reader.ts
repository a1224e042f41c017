import type { EchoWriter } from './echo-writer.js'

/** What was typed: a line, or a key that works alone. */
export type TypedInput =
  { readonly type: 'line'; readonly text: string } | { readonly type: 'interrupt' | 'end' | 'hangup' }

const control = /[\x00-\x1f\x7f]/

/**
 * The line editor of a device: characters in, lines out, echo on the way. CR, LF and CR LF each end one line; backspace,
 * Ctrl-U, Ctrl-W, Ctrl-C, Ctrl-D and Ctrl-Z work.
 */
export class LineReader {
  #pending = ''
  #line = ''
  #sawReturn = false

  /** Takes what arrived; nothing is looked at before `next`. */
  push(text: string): void {
    this.#pending += text
  }

  /** What arrived and was not read: typed ahead. */
  clear(): void {
    this.#pending = ''
    this.#line = ''
  }

  /** The first character that waits, when no line was begun: for keys that work alone. */
  takeKey(): string | undefined {
    if (this.#line !== '' || this.#pending === '') return undefined
    const key = this.#pending[0] as string
    this.#pending = this.#pending.slice(1)
    return key
  }

  /** The last line ended with CR: a LF that arrives next belongs to it. */
  get awaitsLineFeed(): boolean {
    return this.#sawReturn
  }

  /** Everything that arrived and was not read. */
  takeRest(): string {
    const rest = this.#pending
    this.#pending = ''
    return rest
  }

  /** Gives a key back that was not wanted. */
  putBack(key: string): void {
    this.#pending = key + this.#pending
  }

  /** Reads on to the next line or key; echoes what it reads. `undefined`: more must arrive first. */
  next(echo: EchoWriter): TypedInput | undefined {
    while (this.#pending !== '') {
      const at = this.#pending.search(control)
      const text = at < 0 ? this.#pending : this.#pending.slice(0, at)
      if (text !== '') {
        this.#sawReturn = false
        this.#line += text
        echo.text(text)
      }
      if (at < 0) {
        this.#pending = ''
        return undefined
      }
      const key = this.#pending[at] as string
      this.#pending = this.#pending.slice(at + 1)
      const input = this.#key(key, echo)
      if (input !== undefined) return input
    }
    return undefined
  }

  #key(key: string, echo: EchoWriter): TypedInput | undefined {
    // The LF of a CR LF belongs to the line that the CR ended.
    const isTail = key === '\n' && this.#sawReturn
    this.#sawReturn = key === '\r'
    if (isTail) return undefined
    switch (key) {
      case '\r':
      case '\n':
        echo.lineEnd()
        return { type: 'line', text: this.#takeLine() }
      case '\x03':
        this.#takeLine()
        return { type: 'interrupt' }
      case '\x1a':
        this.#takeLine()
        return { type: 'end' }
      case '\x04':
        return this.#line === '' ? { type: 'hangup' } : undefined
      default:
        this.#edit(key, echo)
        return undefined
    }
  }

  #edit(key: string, echo: EchoWriter): void {
    if (key === '\x7f' || key === '\b') this.#erase(1, echo)
    else if (key === '\x15') this.#erase(this.#line.length, echo)
    else if (key === '\x17') this.#erase(/\S*\s*$/.exec(this.#line)?.[0].length ?? 0, echo)
  }

  #erase(count: number, echo: EchoWriter): void {
    const erased = Math.min(count, this.#line.length)
    this.#line = this.#line.slice(0, this.#line.length - erased)
    echo.erase(erased)
  }

  #takeLine(): string {
    const line = this.#line
    this.#line = ''
    return line
  }
}
