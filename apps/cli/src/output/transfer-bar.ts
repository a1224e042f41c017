import type { Sink } from '../process-parts.js'

const barWidth = 30

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** A size for people: `12.3 MiB`. */
export function sizeText(bytes: number): string {
  const step = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`
}

/** Draws how far a file is on a terminal; elsewhere nothing. */
export class TransferBar {
  readonly #sink: Sink | undefined
  #shown = false

  constructor(sink: Sink, quiet: boolean) {
    this.#sink = sink.isTTY === true && !quiet ? sink : undefined
  }

  /** `total` is missing where nobody knows. */
  show(step: string, bytes: number, total: number | undefined): void {
    if (this.#sink === undefined) return
    this.#shown = true
    const part = total === undefined || total === 0 ? 1 : Math.min(1, bytes / total)
    const bar = total === undefined ? '' : `[${'#'.repeat(Math.floor(barWidth * part)).padEnd(barWidth, '.')}] `
    const of = total === undefined ? '' : ` of ${sizeText(total)}`
    this.#sink.write(`\r${bar}${step} ${sizeText(bytes)}${of}\u001b[K`)
  }

  /** Takes the bar away, so that what follows begins on a line of its own. */
  clear(): void {
    if (this.#shown) this.#sink?.write('\r\u001b[K')
    this.#shown = false
  }
}
