import type { JobFilter } from '@netpulse/queue'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { listVisible } from '../access/list-visible.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { linkNextPage, pageHeaders, pageOf } from '../paging.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors } from '../schemas/error-schemas.js'
import type { ListJobsQuery } from '../schemas/query-schemas.js'
import { ListJobsQuery as listJobsQuery } from '../schemas/query-schemas.js'
import { JobInResponse } from '../schemas/response-schemas.js'
import { withoutNulls } from '../without-nulls.js'
import { jobOnWire } from '../wire/job-on-wire.js'
import { periodOf } from '../wire/moments.js'

function filterOf({ queue, node, host, status, driver, tag, since, until }: ListJobsQuery): JobFilter {
  const words = withoutNulls({ queue, node, host, status, driver, tag }) as JobFilter
  return { ...words, ...periodOf({ since, until }) }
}

/** `GET /jobs`: newest first, in pages. */
export function listJobsRoute(app: FastifyInstance, { netpulse, timestamp, urlsFor }: ApiContext): void {
  app.get<{ Querystring: ListJobsQuery }>(
    '/jobs',
    {
      config: { netpulseScope: 'job:read:own' },
      schema: {
        tags: ['jobs'],
        operationId: 'listJobs',
        summary: 'List jobs, newest first',
        description:
          'Filters combine. When there are more, `X-Next-Cursor` and `Link` lead to the next page. A key that may not read every job gets those that it may; a page may then be shorter than `limit`.',
        querystring: listJobsQuery,
        response: {
          200: {
            ...Type.Array(JobInResponse),
            examples: [answerExamples.jobs],
            description: 'A page of jobs.',
            headers: pageHeaders,
          },
          ...commonErrors,
        },
      },
    },
    async (request, reply) => {
      const page = await listVisible(netpulse, filterOf(request.query), pageOf(request.query), principalOf(request))
      linkNextPage(request, reply, page.nextCursor)
      const urlOf = urlsFor(request)
      return page.items.map((job) => jobOnWire(job, timestamp, urlOf))
    },
  )
}
