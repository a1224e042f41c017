import type { JobRequest, NewJob } from '@netpulse/core'
import { withoutAuditRequest } from './audit-job.js'

/**
 * What a store keeps of a job that never changes. Instants are numbers, which cost a tenth of ISO texts. What is sealed
 * has a place of its own, from which it goes when the job ends.
 */
type JobText = Omit<NewJob, 'createdAt' | 'expiresAt' | 'request'> & {
  readonly createdAt: number
  readonly expiresAt: number
  readonly request: Omit<JobRequest, 'sealedConnection'>
}

/** The part of a job that never changes, as JSON. */
export function jobText(job: NewJob): string {
  const { id, kind, strategy, createdAt, expiresAt, resultTtlSeconds, maxAttempts, tags, owner, fingerprint } = job
  const { sealedConnection: _, ...request } = job.request
  const { audit } = withoutAuditRequest(job)
  const text: JobText = {
    id,
    kind,
    strategy,
    request,
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt.getTime(),
    resultTtlSeconds,
    maxAttempts,
    tags,
    owner,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(audit === undefined ? {} : { audit }),
  }
  return JSON.stringify(text)
}

/** The job again, without what was sealed. */
export function jobOfText(text: string): NewJob {
  const job = JSON.parse(text) as JobText
  return {
    ...job,
    request: { ...job.request, sealedConnection: '' },
    createdAt: new Date(job.createdAt),
    expiresAt: new Date(job.expiresAt),
  }
}
