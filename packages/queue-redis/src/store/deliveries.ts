import type { Incarnation, JobId, JobRecord, JournalEntry, NetPulseError } from '@netpulse/core'
import { queueError } from '@netpulse/queue'
import type { Claim, Delivery } from '@netpulse/queue'

/** A delivery that runs in this process. */
interface Running {
  record: JobRecord
  readonly claim: Claim
  readonly abort: AbortController
}

/** The deliveries of this process, and what ends their signals. */
export class Deliveries {
  readonly #running = new Map<JobId, Running>()

  open(record: JobRecord, claim: Claim): Delivery {
    const abort = new AbortController()
    this.#running.set(record.id, { record, claim, abort })
    return { job: record, claim, signal: abort.signal }
  }

  /** The record as it was delivered; `undefined` when the claim is not of a delivery that runs. */
  recordOf(claim: Claim): JobRecord | undefined {
    return this.#find(claim)?.record
  }

  /** How far it came. */
  note(claim: Claim, journal: JournalEntry): void {
    const running = this.#find(claim)
    if (running !== undefined) running.record = { ...running.record, journal }
  }

  /** The attempt is over. */
  close(claim: Claim): void {
    if (this.#find(claim) !== undefined) this.#running.delete(claim.jobId)
  }

  cancel(id: JobId, attempt: number): void {
    const running = this.#running.get(id)
    if (running?.claim.attempt !== attempt) return
    running.abort.abort(queueError('CANCELED', `Job ${id} was canceled while it ran.`))
  }

  /** Ends the deliveries of one life, or of all. */
  abandon(reason: NetPulseError, incarnation?: Incarnation): void {
    for (const [id, { claim, abort }] of this.#running) {
      if (incarnation !== undefined && claim.incarnation !== incarnation) continue
      this.#running.delete(id)
      abort.abort(reason)
    }
  }

  claimsOf(incarnation: Incarnation): readonly Claim[] {
    return [...this.#running.values()].map(({ claim }) => claim).filter((claim) => claim.incarnation === incarnation)
  }

  #find(claim: Claim): Running | undefined {
    const running = this.#running.get(claim.jobId)
    const { attempt, incarnation, token } = running?.claim ?? {}
    const isSame = attempt === claim.attempt && incarnation === claim.incarnation && token === claim.token
    return isSame ? running : undefined
  }
}
