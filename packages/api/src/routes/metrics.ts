import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api-context.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors } from '../schemas/error-schemas.js'

/** What serves `GET /metrics`; `createMetrics` of `@netpulse/metrics` makes one. */
export interface ApiMetrics {
  readonly contentType: string
  text(): Promise<string>
  /** Is told of every answer. `route` is the pattern, empty for a path that does not exist. */
  readonly observeRequest: (request: {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly seconds: number
  }) => void
}

/** `GET /metrics`, where the server has some. */
export function metricsRoute(app: FastifyInstance, { metrics }: ApiContext): void {
  if (metrics === undefined) return
  app.get(
    '/metrics',
    {
      config: { netpulseScope: 'system:read' },
      schema: {
        tags: ['system'],
        operationId: 'metrics',
        summary: 'Read the metrics of this server, for Prometheus',
        description: 'Send the key as `Authorization: Bearer`. Workers serve theirs at their health endpoint.',
        response: {
          200: {
            description: 'The metrics, in the text format of Prometheus.',
            content: { 'text/plain': { schema: { type: 'string' }, example: answerExamples.metrics } },
          },
          ...commonErrors,
        },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}

/** Tells the metrics of every answer of the API. */
export function observeRequests(app: FastifyInstance, { observeRequest }: ApiMetrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request
    observeRequest({
      method,
      route: routeOptions.url ?? '',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    })
    done()
  })
}
