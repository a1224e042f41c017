import type { JobFilter } from '@netpulse/queue'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { listVisible } from '../access/list-visible.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { linkNextPage } from '../next-page.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors } from '../schemas/error-schemas.js'
import type { ListJobsQuery } from '../schemas/query-schemas.js'
import { ListJobsQuery as listJobsQuery } from '../schemas/query-schemas.js'
import { JobInResponse } from '../schemas/response-schemas.js'
import { withoutNulls } from '../without-nulls.js'
import { jobOnWire } from '../wire/job-on-wire.js'
import { momentOf } from '../wire/moments.js'

function filterOf({ queue, node, host, status, driver, tag, since, until }: ListJobsQuery): JobFilter {
  const words = withoutNulls({ queue, node, host, status, driver, tag }) as JobFilter
  const from = momentOf(since, 'since')
  const to = momentOf(until, 'until')
  return { ...words, ...(from === undefined ? {} : { since: from }), ...(to === undefined ? {} : { until: to }) }
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
            headers: {
              'X-Next-Cursor': { type: 'string', description: '`cursor` of the next page; absent on the last one.' },
              Link: { type: 'string', description: 'The next page as `rel="next"` (RFC 8288).' },
            },
          },
          ...commonErrors,
        },
      },
    },
    async (request, reply) => {
      const { limit = 100, cursor } = request.query
      const wanted = { limit, ...(cursor === undefined ? {} : { cursor }) }
      const page = await listVisible(netpulse, filterOf(request.query), wanted, principalOf(request))
      linkNextPage(request, reply, page.nextCursor)
      return page.items.map((job) => jobOnWire(job, timestamp, urlsFor(request)))
    },
  )
}
