import { escapeSequenceAt } from './escape-sequence.js'

/** Text that moves nothing but forward: the common case, taken line by line. */
const motion = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/
const printable = /[^\x00-\x08\x0a-\x1f\x7f]+/y

/** A row longer than this gives its front away, so that a device that never ends a line costs no more per piece. */
const longestRow = 8192
const keptOfRow = 2048

/** No terminal is wider: a device that moves the cursor further must not make us fill memory with blanks. */
const furthestColumn = 1024

/**
 * The lines that a device prints, as a terminal would show them: carriage returns and backspaces move the cursor, later
 * text replaces earlier text, colours and titles vanish. Takes text split anywhere; costs no more than the piece.
 *
 * One row is editable, the one the cursor is in; a line end completes it for good.
 */
export class TerminalText {
  #lines: string[] = []
  #row = ''
  /** Front of a very long row. */
  #front: string[] = []
  #column = 0
  /** A carriage return was seen and may be half of a line end. */
  #returned = false
  /** The cursor was moved in this row: blanks at its end are what is left of erased text. */
  #edited = false
  /** Start of an escape sequence that the last piece ended in. */
  #held = ''
  #inks: Map<number, string> | undefined
  #ink = ''

  /** Completed lines, without line ends. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** What stands in the row of the cursor; its last part when it is very long. */
  get row(): string {
    const after = this.#row.slice(this.#column)
    return this.#edited && after.trim() === '' ? this.#row.slice(0, this.#column) : this.#row
  }

  /** The row is so long that `row` lacks its front: no prompt. */
  get rowIsCut(): boolean {
    return this.#front.length > 0
  }

  /** Forgets all lines and the row; a half escape sequence stays. With `watchInk`, `inkOf` works from here on. */
  clear(watchInk = false): void {
    if (this.#lines.length > 0) this.#lines = []
    this.#emptyRow()
    this.#inks = watchInk ? new Map() : undefined
  }

  /** Everything that was printed into a completed line, in the order of printing, with carriage returns between. */
  inkOf(line: number): string {
    return this.#inks?.get(line) ?? this.#lines[line] ?? ''
  }

  /** Stops the bookkeeping for `inkOf`. */
  forgetInk(): void {
    this.#inks = undefined
    this.#ink = ''
  }

  /** Takes away the row's text from `start` on: a pager's question. */
  cutRow(start: number): void {
    this.#row = this.#row.slice(0, start)
    this.#column = this.#row.length
    this.#edited = true
  }

  feed(piece: string): void {
    const text = this.#held === '' ? piece : this.#held + piece
    this.#held = ''
    const plain = !this.#returned && this.#column === this.#row.length && !motion.test(text)
    if (plain) this.#feedLines(text)
    else this.#feedMotions(text)
    if (this.#row.length > longestRow) this.#giveFrontAway()
  }

  #feedLines(text: string): void {
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      this.#append(text.slice(from, text[end - 1] === '\r' ? end - 1 : end))
      this.#endRow()
      from = end + 1
    }
    if (from < text.length) this.#append(text.slice(from))
  }

  #feedMotions(text: string): void {
    for (let index = 0; index < text.length;) {
      printable.lastIndex = index
      const run = printable.exec(text)?.[0]
      if (run !== undefined) {
        this.#print(run)
        index += run.length
      } else if (text[index] === '\x1b') {
        index = this.#escape(text, index)
      } else {
        this.#control(text[index]!)
        index++
      }
    }
  }

  #control(character: string): void {
    if (character === '\n') this.#endRow()
    else if (character === '\r') this.#returned = true
    else if (character === '\b') this.#moveTo(this.#cursor() - 1)
  }

  /** Answers with the index after the sequence. */
  #escape(text: string, index: number): number {
    const sequence = escapeSequenceAt(text, index)
    if (sequence.type === 'incomplete') {
      this.#held = text.slice(index)
      return text.length
    }
    if (sequence.type === 'next-line') this.#endRow()
    if (sequence.type === 'control') this.#act(sequence.final, sequence.parameters)
    return index + sequence.length
  }

  #act(final: string, parameters: string): void {
    const [first = '', second = ''] = parameters.split(';')
    const count = Math.max(1, Number(first) || 1)
    // The row of a cursor position is not followed: switches that use it (HP ProCurve) stay on their last row.
    if (final === 'H' || final === 'f') this.#moveTo((Number(second) || 1) - 1)
    else if (final === 'G') this.#moveTo(count - 1)
    else if (final === 'C') this.#moveTo(this.#cursor() + count)
    else if (final === 'D') this.#moveTo(this.#cursor() - count)
    else if ('KJP@'.includes(final)) this.#edit(final, first, count)
  }

  #edit(final: string, what: string, count: number): void {
    const column = this.#cursor()
    this.#edited = true
    if (final === 'P') this.#replaceAt(column, '', count)
    else if (final === '@') this.#replaceAt(column, ' '.repeat(Math.min(count, furthestColumn)), 0)
    else this.#erase(what)
  }

  #erase(what: string): void {
    const column = this.#column
    if (what === '' || what === '0') this.#row = this.#row.slice(0, column)
    else this.#row = ' '.repeat(column) + (what === '1' ? this.#row.slice(column) : '')
  }

  #replaceAt(column: number, text: string, removed: number): void {
    this.#row = this.#row.slice(0, column) + text + this.#row.slice(column + removed)
  }

  /** The column, after a carriage return that was no line end has been carried out. */
  #cursor(): number {
    if (this.#returned) {
      this.#returned = false
      this.#column = 0
      this.#edited = true
      if (this.#inks !== undefined) this.#ink += '\r'
    }
    return this.#column
  }

  #moveTo(wanted: number): void {
    this.#returned = false
    const column = Math.min(Math.max(wanted, 0), Math.max(furthestColumn, this.#row.length))
    this.#edited = true
    if (column > this.#row.length) this.#row = this.#row.padEnd(column)
    this.#column = column
  }

  #print(run: string): void {
    const column = this.#cursor()
    if (column === this.#row.length) return this.#append(run)
    this.#row = this.#row.slice(0, column) + run + this.#row.slice(column + run.length)
    this.#column = column + run.length
    if (this.#inks !== undefined) this.#ink += run
  }

  #append(text: string): void {
    this.#row += text
    this.#column = this.#row.length
    if (this.#inks !== undefined) this.#ink += text
  }

  #endRow(): void {
    const row = this.#edited ? this.#row.trimEnd() : this.#row
    this.#inks?.set(this.#lines.length, this.#ink)
    this.#lines.push(this.#front.length === 0 ? row : this.#front.join('') + row)
    this.#emptyRow()
  }

  #emptyRow(): void {
    if (this.#front.length > 0) this.#front = []
    this.#row = ''
    this.#column = 0
    this.#returned = false
    this.#edited = false
    this.#ink = ''
  }

  #giveFrontAway(): void {
    const cut = this.#row.length - keptOfRow
    this.#front.push(this.#row.slice(0, cut))
    this.#row = this.#row.slice(cut)
    this.#column = Math.max(0, this.#column - cut)
  }
}
