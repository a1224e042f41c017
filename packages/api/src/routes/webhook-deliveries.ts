import { asJobId } from '@netpulse/core'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { visibility } from '../access/visibility.js'
import { visibleJob } from '../access/visible-job.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { apiError } from '../errors.js'
import { linkNextPage, pageHeaders, pageOf } from '../paging.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { bodyErrors, commonErrors, errorAnswer } from '../schemas/error-schemas.js'
import type { PageQuery } from '../schemas/query-schemas.js'
import { DeliveryParams, IdParams, PageQuery as pageQuery } from '../schemas/query-schemas.js'
import { WebhookDelivery } from '../schemas/response-schemas.js'
import { deliveryOnWire } from '../wire/delivery-on-wire.js'

/** `GET /jobs/{id}/deliveries`: what became of the job's webhook. */
export function jobDeliveriesRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.get<{ Params: IdParams }>(
    '/jobs/:id/deliveries',
    {
      config: { netpulseScope: 'job:read:own' },
      schema: {
        tags: ['webhooks'],
        operationId: 'listJobDeliveries',
        summary: "List what a job's webhook was sent, with every attempt",
        description: 'In the order of the events; empty for a job without a webhook.',
        params: IdParams,
        response: {
          200: {
            ...Type.Array(WebhookDelivery),
            examples: [answerExamples.deliveries],
            description: 'The deliveries of the job.',
          },
          ...commonErrors,
          404: errorAnswer(404, 'No such job, or it is no longer kept.'),
        },
      },
    },
    async (request) => {
      const { id } = await visibleJob(netpulse, asJobId(request.params.id), principalOf(request))
      const deliveries = await netpulse.deliveries(id)
      return deliveries.map((delivery) => deliveryOnWire(delivery, timestamp))
    },
  )
}

/** `GET /webhooks/dead`: deliveries that were given up, of all jobs. */
export function listDeadDeliveriesRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.get<{ Querystring: PageQuery }>(
    '/webhooks/dead',
    {
      config: { netpulseScope: 'job:read:own' },
      schema: {
        tags: ['webhooks'],
        operationId: 'listDeadDeliveries',
        summary: 'List webhook deliveries that were given up, the latest first',
        description:
          'They and their jobs are kept for a week. Those of jobs that the key may not read are left out, so that a page may be short. When there are more, `X-Next-Cursor` and `Link` lead to the next page.',
        querystring: pageQuery,
        response: {
          200: {
            ...Type.Array(WebhookDelivery),
            examples: [answerExamples.deliveries],
            description: 'Dead deliveries.',
            headers: pageHeaders,
          },
          ...commonErrors,
        },
      },
    },
    async (request, reply) => {
      const page = await netpulse.deadDeliveries(pageOf(request.query))
      linkNextPage(request, reply, page.nextCursor)
      const sees = visibility(netpulse, principalOf(request))
      const seen = await Promise.all(page.items.map(({ jobId }) => sees(jobId)))
      return page.items.filter((_, index) => seen[index]).map((delivery) => deliveryOnWire(delivery, timestamp))
    },
  )
}

/** `POST /webhooks/dead/{id}/replay`: the receiver is well again. */
export function replayDeliveryRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.post<{ Params: DeliveryParams }>(
    '/webhooks/dead/:id/replay',
    {
      config: { netpulseScope: 'webhook:admin' },
      schema: {
        tags: ['webhooks'],
        operationId: 'replayDelivery',
        summary: 'Send a webhook delivery that was given up once more',
        description: 'Under the same `webhook-id`, at once, with all the retries of its request.',
        params: DeliveryParams,
        response: {
          200: {
            ...WebhookDelivery,
            examples: [answerExamples.delivery],
            'x-response-description': 'It is pending again.',
          },
          ...commonErrors,
          ...bodyErrors,
          404: errorAnswer(404, 'No dead delivery has this id.'),
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const delivery = await netpulse.replayDelivery(id)
      if (delivery === undefined) throw apiError('DELIVERY_NOT_DEAD', `There is no dead delivery ${id}.`)
      await recordAct(netpulse, request, { action: 'delivery.replayed', job: delivery.jobId, details: { id } })
      return deliveryOnWire(delivery, timestamp)
    },
  )
}
