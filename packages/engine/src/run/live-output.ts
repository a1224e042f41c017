import type { RedactionStream, Redactor } from '@netpulse/core'

/** Device output on its way to a listener, redacted, in whole lines. */
export class LiveOutput {
  readonly #lines: RedactionStream
  readonly #send: (text: string) => void

  constructor(redactor: Redactor, send: (text: string) => void) {
    this.#lines = redactor.stream()
    this.#send = send
  }

  readonly add = (text: string): void => this.#emit(this.#lines.write(text))

  end(): void {
    this.#emit(this.#lines.end())
  }

  #emit(text: string): void {
    if (text !== '') this.#send(text)
  }
}
