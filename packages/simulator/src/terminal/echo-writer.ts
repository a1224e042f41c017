/** How typed characters come back. */
export interface EchoSettings {
  /** `line-end`: only the end of the line is printed, as for a password; `off`: nothing at all. */
  readonly visible: 'all' | 'line-end' | 'off'
  /** Column at which the echo goes on in the next row; 0: never. */
  readonly wrapColumn: number
  readonly wrapStyle: 'readline' | 'newline'
}

/** Prints the echo of typed characters, wrapped as a narrow terminal needs it. */
export class EchoWriter {
  readonly #print: (text: string) => void
  #settings: EchoSettings = { visible: 'all', wrapColumn: 0, wrapStyle: 'readline' }
  #column = 0

  constructor(print: (text: string) => void) {
    this.#print = print
  }

  /** A new input begins, behind a prompt of so many characters. */
  begin(promptLength: number, settings: EchoSettings): void {
    this.#column = promptLength
    this.#settings = settings
  }

  text(text: string): void {
    const { visible, wrapColumn } = this.#settings
    if (visible !== 'all') return
    if (wrapColumn === 0) this.#print(text)
    else for (const character of text) this.#wrapped(character, wrapColumn)
  }

  lineEnd(): void {
    if (this.#settings.visible !== 'off') this.#print('\r\n')
    this.#column = 0
  }

  erase(count: number): void {
    if (this.#settings.visible === 'all') this.#print('\b \b'.repeat(count))
    this.#column = Math.max(0, this.#column - count)
  }

  #wrapped(character: string, wrapColumn: number): void {
    this.#print(character)
    if (++this.#column < wrapColumn) return
    // Readline forces the terminal into the next row with a blank and returns to its start.
    this.#print(this.#settings.wrapStyle === 'readline' ? ' \r' : '\r\n')
    this.#column = 0
  }
}
