import type { Redactor, SessionKey } from '@netpulse/core'
import { createRedactor } from '@netpulse/core'
import type { OpenedJob } from './opened-job.js'

/** Keeps the redactor of the last session key: the jobs of one pinned session share their secrets. */
export class RedactorCache {
  #key: SessionKey | undefined
  #redactor: Redactor | undefined

  of(job: OpenedJob): Redactor {
    // Secrets in `driver_args` belong to one job.
    if (job.ownSecrets) return createRedactor(job.secrets())
    if (this.#redactor === undefined || this.#key !== job.spec.key) {
      this.#key = job.spec.key
      this.#redactor = createRedactor(job.secrets())
    }
    return this.#redactor
  }
}
