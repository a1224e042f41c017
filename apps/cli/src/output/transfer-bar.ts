import { barText, StatusLine } from './status-line.js'

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** A size for people: `12.3 MiB`. */
export function sizeText(bytes: number): string {
  const step = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`
}

/** Draws how far a file is on a terminal; elsewhere nothing. */
export class TransferBar extends StatusLine {
  /** `total` is missing where nobody knows. */
  show(step: string, bytes: number, total: number | undefined): void {
    const done = `${step} ${sizeText(bytes)}`
    if (total === undefined) return this.write(done)
    this.write(`${barText(bytes, total)} ${done} of ${sizeText(total)}`)
  }
}
