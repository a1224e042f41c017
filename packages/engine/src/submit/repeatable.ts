import type { JobId, JobRecord, JsonValue } from '@netpulse/core'
import { canonicalJson, namedJobId } from '@netpulse/core'
import type { Sealer } from '@netpulse/credentials'
import { engineError } from '../errors.js'
import type { SubmitRequest } from '../netpulse.js'

/**
 * A request that its sender may send again under a key of its own. The key names the jobs, so that the store itself
 * takes each once, whichever process a repetition reaches. A sender's keys are its own: others may use the same words.
 */
export class Repeatable {
  /** Keyed: it says nothing about what is secret in the request. */
  readonly fingerprint: string
  readonly #sealer: Sealer
  readonly #name: string
  readonly #text: string

  constructor(sealer: Sealer, key: string, requests: readonly SubmitRequest[]) {
    this.#sealer = sealer
    this.#name = canonicalJson([requests[0]?.owner ?? '', key])
    this.#text = canonicalJson(requests as unknown as JsonValue)
    this.fingerprint = sealer.fingerprint(this.#text)
  }

  /** Id of the job at a place of the request, from 0. */
  jobId(place: number): JobId {
    return namedJobId(`${place} ${this.#name}`)
  }

  /** @throws IDEMPOTENCY_CONFLICT when another request has named the job */
  assertSame({ id, fingerprint }: Pick<JobRecord, 'id' | 'fingerprint'>): void {
    if (fingerprint !== undefined && this.#sealer.isFingerprintOf(fingerprint, this.#text)) return
    throw engineError(
      'IDEMPOTENCY_CONFLICT',
      `The idempotency key belongs to another request, that of job ${id}. Use a new key for a new request.`,
    )
  }
}
