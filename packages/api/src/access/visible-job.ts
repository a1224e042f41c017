import type { JobId, JobRecord } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import { queueError } from '@netpulse/queue'
import type { Principal } from '../principal.js'
import { seesJob } from './job-access.js'

export const jobNotFound = (id: string): Error => queueError('JOB_NOT_FOUND', `Job ${id} not found`)

/**
 * The job, for whoever may read it. For all others it is not there, so that nobody learns that it exists. Every route
 * below `/jobs/{id}` begins with it.
 * @throws JOB_NOT_FOUND
 */
export async function visibleJob(netpulse: Pick<NetPulse, 'get'>, id: JobId, principal: Principal): Promise<JobRecord> {
  const job = await netpulse.get(id)
  if (!seesJob(principal, job)) throw jobNotFound(id)
  return job
}
