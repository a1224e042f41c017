import type { BulkProgress } from '@netpulse/client'
import type { Sink } from '../process-parts.js'

const barWidth = 30

/** Draws how far a bulk is on a terminal; elsewhere nothing. */
export class ProgressBar {
  readonly #sink: Sink | undefined
  #shown = false

  constructor(sink: Sink, quiet: boolean) {
    this.#sink = sink.isTTY === true && !quiet ? sink : undefined
  }

  show({ total, refused, ended, succeeded }: BulkProgress): void {
    const done = refused + ended
    const filled = total === 0 ? barWidth : Math.floor((barWidth * done) / total)
    const bar = '#'.repeat(filled).padEnd(barWidth, '.')
    const failed = done - succeeded
    this.#shown = true
    this.#sink?.write(`\r[${bar}] ${done}/${total}${failed > 0 ? `, ${failed} not succeeded` : ''}\u001b[K`)
  }

  /** Takes the bar away, so that what follows begins on a line of its own. */
  clear(): void {
    if (this.#shown) this.#sink?.write('\r\u001b[K')
    this.#shown = false
  }
}
