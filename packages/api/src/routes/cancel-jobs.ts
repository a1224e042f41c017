import type { JobId } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { JobFilter } from '@netpulse/queue'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { mayCancel } from '../access/job-access.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { allPages } from '../paging.js'
import type { Principal } from '../principal.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors } from '../schemas/error-schemas.js'
import type { CancelJobsQuery } from '../schemas/query-schemas.js'
import { CancelJobsQuery as cancelJobsQuery } from '../schemas/query-schemas.js'
import { withoutNulls } from '../without-nulls.js'

const waiting = ['queued', 'scheduled', 'deferred'] as const
/** Ids that the audit record keeps of one call; each of the jobs has an entry of its own end. */
const mostNamed = 500

/** Ids of the jobs that were ended; those that the key may not cancel are passed over. A job that a worker took in between is asked to end, and is among them. */
async function cancelAll(netpulse: NetPulse, filter: JobFilter, principal: Principal): Promise<JobId[]> {
  const canceled: JobId[] = []
  for await (const found of allPages((page) => netpulse.list(filter, page))) {
    const jobs = found.filter((job) => mayCancel(principal, job))
    const outcomes = await Promise.all(jobs.map(({ id }) => netpulse.cancel(id)))
    const ended = jobs.filter((_, index) => ['canceled', 'cancel_requested'].includes(outcomes[index]!))
    canceled.push(...ended.map(({ id }) => id))
  }
  return canceled
}

/** `DELETE /jobs`: cancels what waits in a queue or for a host. */
export function cancelJobsRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.delete<{ Querystring: CancelJobsQuery }>(
    '/jobs',
    {
      config: { netpulseScope: 'job:cancel:own' },
      schema: {
        tags: ['jobs'],
        operationId: 'cancelJobs',
        summary: 'Cancel the waiting jobs of a queue or a host',
        description: 'Answers with the ids of the canceled jobs. Without `queue` and `host` nothing is canceled.',
        querystring: cancelJobsQuery,
        response: {
          200: {
            ...Type.Array(Type.String()),
            examples: [answerExamples.jobIds],
            description: 'Ids of the canceled jobs.',
          },
          ...commonErrors,
        },
      },
    },
    async (request) => {
      const { queue, host } = request.query
      if (queue === undefined && host === undefined) return []
      const filter = { ...withoutNulls({ queue, host }), status: waiting }
      const jobs = await cancelAll(netpulse, filter, principalOf(request))
      const details = { count: jobs.length, jobs: jobs.slice(0, mostNamed) }
      if (jobs.length > 0) await recordAct(netpulse, request, { action: 'job.cancel', host: host ?? null, details })
      return jobs
    },
  )
}
