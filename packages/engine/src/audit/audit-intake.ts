import type { JobAudit, NewJob } from '@netpulse/core'
import { createRedactor } from '@netpulse/core'
import { engineError } from '../errors.js'
import type { SubmitOptions, SubmitRequest } from '../netpulse.js'
import type { CheckedRequest } from '../submit/checked-request.js'
import type { AuditSettings } from './audit-options.js'
import { maskedRequest, withoutValues } from './masked-request.js'

/** What a job that is made now gets for the audit record. */
export class AuditIntake {
  readonly #isOn: boolean
  readonly #allowsNone: boolean

  constructor({ allowNone }: AuditSettings, isOn: boolean) {
    this.#isOn = isOn
    this.#allowsNone = allowNone
  }

  /** @throws AUDIT_REQUIRED for a request that asks to be left out where that is not allowed */
  assertAllowed({ auditMode }: Pick<SubmitRequest, 'auditMode'>): void {
    if (!this.#isOn || this.#allowsNone || auditMode !== 'none') return
    throw engineError('AUDIT_REQUIRED', 'Every job is kept in the audit record here: audit_mode none is not allowed.')
  }

  /** The request with its masked form, when that is to be kept. Before its credential is resolved. */
  withMasked(checked: CheckedRequest): CheckedRequest {
    const isKept = this.#isOn && checked.request.auditMode !== 'none'
    return isKept ? { ...checked, masked: maskedRequest(checked) } : checked
  }

  /** The job with what its entries need. */
  withAudit(job: NewJob, { request, masked, secrets }: CheckedRequest, { actor }: SubmitOptions = {}): NewJob {
    const { auditMode: mode = 'full' } = request
    if (masked === undefined || mode === 'none') return job
    const audit: JobAudit = {
      mode,
      name: actor?.name ?? '',
      ...(actor?.source === undefined ? {} : { source: actor.source }),
      // A value that was resolved meanwhile may stand in a line, too.
      request: secrets === undefined ? masked : withoutValues(masked, secrets, createRedactor(secrets)),
    }
    return { ...job, audit }
  }
}
