import type { BulkProgress } from '@netpulse/client'
import { barText, StatusLine } from './status-line.js'

/** Draws how far a bulk is on a terminal; elsewhere nothing. */
export class ProgressBar extends StatusLine {
  show({ total, refused, ended, succeeded }: BulkProgress): void {
    const done = refused + ended
    const failed = done - succeeded
    this.write(`${barText(done, total)} ${done}/${total}${failed > 0 ? `, ${failed} not succeeded` : ''}`)
  }
}
