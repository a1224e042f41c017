import type { JobRecord, JobResult, NewJob } from '@netpulse/core'
import { acceptedAct, auditBaseOf, auditResultsOf } from '@netpulse/queue'

/** What the entries of a job have in common, and the act of its acceptance, as JSON; nothing for a job without entries. */
export function auditTexts(job: NewJob): readonly [base: string, accepted: string] {
  const base = auditBaseOf(job)
  return base === undefined ? ['', ''] : [JSON.stringify(base), JSON.stringify(acceptedAct(base, job.audit?.request))]
}

/** What the audit record may keep of a result, as JSON. Of a job that this process does not know, the record decides later. */
export const auditResultText = (job: JobRecord | undefined, result: JobResult): string =>
  job === undefined || job.audit?.mode === 'full' ? JSON.stringify(auditResultsOf(result)) : ''
