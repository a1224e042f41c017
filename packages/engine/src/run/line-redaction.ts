import type { Redactor } from '@netpulse/core'

/** A line that goes on for this long is let out in pieces. Characters. */
const longestLine = 64 * 1024
/** What is held back of such a line: longer than any secret. */
const tail = 8 * 1024

/**
 * Redacts text that comes in pieces, line by line: no secret value has a line end in it, and the patterns for secrets
 * in configurations look at whole lines.
 */
export class LineRedaction {
  readonly #redactor: Redactor
  #held = ''

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  /** What can go out now. */
  write(text: string): string {
    const held = this.#held + text
    const cut = held.lastIndexOf('\n') + 1
    this.#held = held.slice(cut)
    const ready = cut === 0 ? '' : this.#redactor.redact(held.slice(0, cut))
    return this.#held.length <= longestLine ? ready : ready + this.#letOut()
  }

  /** What is left. */
  end(): string {
    const rest = this.#redactor.redact(this.#held)
    this.#held = ''
    return rest
  }

  #letOut(): string {
    const clean = this.#redactor.redact(this.#held)
    this.#held = clean.slice(-tail)
    return clean.slice(0, -tail)
  }
}
