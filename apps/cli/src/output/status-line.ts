import type { Sink } from '../process-parts.js'

const barWidth = 30

/** A bar that is as full as something is done; of nothing, all is. */
export function barText(done: number, total: number): string {
  const filled = total === 0 ? barWidth : Math.floor((barWidth * Math.min(done, total)) / total)
  return `[${'#'.repeat(filled).padEnd(barWidth, '.')}]`
}

/** The line of a terminal that tells how far something is; elsewhere nothing. */
export class StatusLine {
  readonly #sink: Sink | undefined
  #shown = false

  constructor(sink: Sink, quiet: boolean) {
    this.#sink = sink.isTTY === true && !quiet ? sink : undefined
  }

  /** In the place of what stood there. */
  write(text: string): void {
    this.#shown = true
    this.#sink?.write(`\r${text}\u001b[K`)
  }

  /** Takes the line away, so that what follows begins on a line of its own. */
  clear(): void {
    if (this.#shown) this.#sink?.write('\r\u001b[K')
    this.#shown = false
  }
}
