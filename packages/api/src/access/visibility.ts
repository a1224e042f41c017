import type { JobId } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { Principal } from '../principal.js'
import { seesAllJobs, seesJob } from './job-access.js'

/** Jobs whose answer is remembered: those that something happens to at once are few. */
const remembered = 1_000

/** Says of jobs whether the key may know of them. One that is gone cannot be asked about, and is not seen. */
export function visibility(
  netpulse: Pick<NetPulse, 'find'>,
  principal: Principal,
): (id: JobId) => boolean | Promise<boolean> {
  if (seesAllJobs(principal)) return () => true
  const known = new Map<JobId, boolean>()
  return async (id) => {
    const before = known.get(id)
    if (before !== undefined) return before
    const job = await netpulse.find(id)
    const sees = job !== undefined && seesJob(principal, job)
    known.set(id, sees)
    if (known.size > remembered) known.delete(known.keys().next().value!)
    return sees
  }
}
