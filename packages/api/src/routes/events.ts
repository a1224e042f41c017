import { asJobId } from '@netpulse/core'
import type { FastifyInstance } from 'fastify'
import { visibleEvents } from '../access/visible-events.js'
import { visibleJob } from '../access/visible-job.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { sendEvents } from '../event-stream.js'
import { commonErrors, errorAnswer } from '../schemas/error-schemas.js'
import type { EventsHeaders, EventsQuery, JobEventsQuery } from '../schemas/event-schemas.js'
import {
  EventsHeaders as eventsHeaders,
  EventsQuery as eventsQuery,
  eventStream,
  JobEventsQuery as jobEventsQuery,
} from '../schemas/event-schemas.js'
import { IdParams } from '../schemas/query-schemas.js'
import { eventOnWire } from '../wire/event-on-wire.js'

const resumeAt = (headers: EventsHeaders, after: number | undefined): number | undefined => {
  const last = headers['last-event-id']
  return last === undefined ? after : Number(last)
}

/** `GET /jobs/{id}/events`: what happens to one job, from its beginning to its end. */
export function jobEventsRoute(app: FastifyInstance, { netpulse, open, timestamp, clock, urlsFor }: ApiContext): void {
  app.get<{ Params: IdParams; Querystring: JobEventsQuery; Headers: EventsHeaders }>(
    '/jobs/:id/events',
    {
      config: { netpulseScope: 'job:read:own' },
      schema: {
        tags: ['jobs'],
        operationId: 'followJob',
        summary: 'Follow a job as a stream of server-sent events',
        description:
          'All events of the job so far, then live ones; the stream ends after `ended`. A reader that comes again with `Last-Event-ID` misses nothing but `output`.',
        params: IdParams,
        querystring: jobEventsQuery,
        headers: eventsHeaders,
        response: {
          200: eventStream('The events of the job.'),
          ...commonErrors,
          404: errorAnswer(404, 'No such job, or its `result_ttl` is over.'),
        },
      },
    },
    async (request, reply) => {
      const jobId = asJobId(request.params.id)
      await visibleJob(netpulse, jobId, principalOf(request))
      const urlOf = urlsFor(request)
      const { after, output = true } = request.query
      const afterSequence = resumeAt(request.headers, after)
      const events = netpulse.events({
        jobId,
        output,
        ...(afterSequence === undefined ? {} : { afterSequence }),
        signal: open.signalFor(reply),
      })
      return sendEvents(reply, { events, toMessage: (event) => eventOnWire(event, timestamp, urlOf), clock })
    },
  )
}

/** `GET /events`: what happens to all jobs, from now on or from where a reader left off. */
export function eventsRoute(app: FastifyInstance, { netpulse, open, timestamp, clock, urlsFor }: ApiContext): void {
  app.get<{ Querystring: EventsQuery; Headers: EventsHeaders }>(
    '/events',
    {
      config: { netpulseScope: 'job:read:own' },
      schema: {
        tags: ['jobs'],
        operationId: 'followJobs',
        summary: 'Follow all jobs as a stream of server-sent events',
        description:
          'From now on, or behind the event that `Last-Event-ID` names. Sequences have no gaps but those of jobs that the key may not read: else one that is missing was dropped because it was too old. Without `output`, which only the stream of one job has.',
        querystring: eventsQuery,
        headers: eventsHeaders,
        response: { 200: eventStream('The events of all jobs; does not end by itself.'), ...commonErrors },
      },
    },
    async (request, reply) => {
      const afterSequence = resumeAt(request.headers, request.query.after) ?? 'latest'
      const urlOf = urlsFor(request)
      const all = netpulse.events({ afterSequence, signal: open.signalFor(reply) })
      const events = visibleEvents(netpulse, all, principalOf(request))
      return sendEvents(reply, { events, toMessage: (event) => eventOnWire(event, timestamp, urlOf), clock })
    },
  )
}
