import type { RedactionStream, Redactor } from '@netpulse/core'

type Direction = 'sent' | 'received'

/** Longer transcripts are cut: a job record has to stay readable. Characters. */
const longestTranscript = 4 * 1024 * 1024
const mark: Readonly<Record<Direction, string>> = { sent: '>>> ', received: '<<< ' }

/** The bytes that went both ways, redacted as they come in. */
export class Transcript {
  readonly #lines: RedactionStream
  #direction: Direction | undefined
  #parts: string[] = []
  #length = 0

  constructor(redactor: Redactor) {
    this.#lines = redactor.stream()
  }

  readonly add = (direction: Direction, text: string): void => {
    if (this.#length > longestTranscript) return
    if (direction !== this.#direction) this.#turn(direction)
    this.#keep(this.#lines.write(text))
  }

  toString(): string {
    this.#keep(this.#lines.end())
    const cut = this.#length > longestTranscript ? '\n[cut: the transcript is longer than 4 MiB]' : ''
    return this.#parts.join('') + cut
  }

  #turn(direction: Direction): void {
    this.#keep(this.#lines.end())
    if (this.#direction !== undefined) this.#parts.push('\n')
    this.#parts.push(mark[direction])
    this.#direction = direction
  }

  #keep(text: string): void {
    if (text === '') return
    this.#parts.push(text)
    this.#length += text.length
  }
}
