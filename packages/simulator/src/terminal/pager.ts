/** What a device prints when the screen is full, and how it removes that again. */
export interface PagerStyle {
  readonly text: string
  readonly erase: string
}

/** IOS: ` --More-- `, removed by backspaces and blanks. */
export const morePager: PagerStyle = {
  text: ' --More-- ',
  erase: `${'\b'.repeat(9)}${' '.repeat(8)}${'\b'.repeat(9)}`,
}

/** Output that waits for a key. Lines have their `\r\n`. */
export class PausedOutput {
  readonly #lines: string[]
  readonly #rows: number
  readonly style: PagerStyle

  constructor(text: string, rows: number, style: PagerStyle) {
    this.#lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
    this.#rows = rows
    this.style = style
  }

  get isDone(): boolean {
    return this.#lines.length === 0
  }

  /** The first page: one row is left for the pager's own text. */
  page(): string {
    return this.#take(this.#rows - 1)
  }

  /** What comes after a key: a page for blank, a line for return, nothing more for `q`. */
  press(key: string): string | undefined {
    if (key === ' ') return this.#take(this.#rows - 1)
    if (key === '\r' || key === '\n') return this.#take(1)
    if (key === 'q' || key === 'Q' || key === '\x03') {
      this.#lines.length = 0
      return ''
    }
    return undefined
  }

  #take(count: number): string {
    return this.#lines.splice(0, Math.max(1, count)).join('')
  }
}
