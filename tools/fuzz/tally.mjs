/** What came of the requests, so that a run that gets nowhere is seen. */
export class Tally {
  byStatus = {}
  slowest = { ms: 0 }
  /** Requests that should be taken, by operation, and how many were. */
  valid = {}

  note({ operation, kind, number }, { status, failure = 'left', ms }) {
    const word = String(status ?? failure)
    this.byStatus[word] = (this.byStatus[word] ?? 0) + 1
    if (ms > this.slowest.ms) this.slowest = { ms: Math.round(ms), number, operation: operation.id }
    if (kind !== 'valid') return
    const counts = (this.valid[operation.id] ??= { sent: 0, taken: 0 })
    counts.sent++
    if (status < 300) counts.taken++
  }
}
