import type { JobFilter } from '@netpulse/queue'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { ApiContext } from '../api-context.js'
import { linkNextPage } from '../next-page.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors } from '../schemas/error-schemas.js'
import type { ListJobsQuery } from '../schemas/query-schemas.js'
import { ListJobsQuery as listJobsQuery } from '../schemas/query-schemas.js'
import { JobInResponse } from '../schemas/response-schemas.js'
import { withoutNulls } from '../without-nulls.js'
import { invalid } from '../validation.js'
import { jobOnWire } from '../wire/job-on-wire.js'

/** A moment from a query. A `+` that was not encoded arrives as a space. @throws INVALID_INPUT */
function momentOf(text: string | undefined, name: string): Date | undefined {
  if (text === undefined) return undefined
  const iso = text.replace(/ (?=\d{2}:?\d{2}$)/, (space, offset: number) =>
    offset > 'YYYY-MM-DD'.length ? '+' : space,
  )
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(iso.slice('YYYY-MM-DD'.length))
  const hasTime = iso.length > 'YYYY-MM-DD'.length
  const moment = new Date(hasTime && !hasZone ? `${iso}Z` : iso)
  if (Number.isNaN(moment.getTime())) throw invalid(name, 'must be a moment in ISO 8601, got another text')
  return moment
}

function filterOf({ queue, node, host, status, driver, tag, since, until }: ListJobsQuery): JobFilter {
  const words = withoutNulls({ queue, node, host, status, driver, tag }) as JobFilter
  const from = momentOf(since, 'since')
  const to = momentOf(until, 'until')
  return { ...words, ...(from === undefined ? {} : { since: from }), ...(to === undefined ? {} : { until: to }) }
}

/** `GET /jobs`: newest first, in pages. */
export function listJobsRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.get<{ Querystring: ListJobsQuery }>(
    '/jobs',
    {
      config: { netpulseRole: 'viewer' },
      schema: {
        tags: ['jobs'],
        operationId: 'listJobs',
        summary: 'List jobs, newest first',
        description: 'Filters combine. When there are more, `X-Next-Cursor` and `Link` lead to the next page.',
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
      const page = await netpulse.list(filterOf(request.query), { limit, ...(cursor === undefined ? {} : { cursor }) })
      linkNextPage(request, reply, page.nextCursor)
      return page.items.map((job) => jobOnWire(job, timestamp))
    },
  )
}
