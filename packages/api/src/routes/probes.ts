import type { Clock } from '@netpulse/core'
import { within } from '@netpulse/core'
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api-context.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { Health } from '../schemas/response-schemas.js'

/** A store that takes longer is no use to a request. */
const readyTimeoutMs = 2_000

const security: readonly Record<string, string[]>[] = []

/** `GET /health/live` and `GET /health/ready`, without a key: for the probes of a load balancer or a cluster. */
export function probeRoutes(app: FastifyInstance, { netpulse, clock, open }: ApiContext): void {
  const probe = (summary: string, description: string) => ({ tags: ['system'], security, summary, description })
  app.get(
    '/health/live',
    {
      schema: {
        ...probe('Whether the process answers', 'Needs no API key.'),
        operationId: 'live',
        response: { 200: { ...Health, examples: [answerExamples.health], 'x-response-description': 'It does.' } },
      },
    },
    () => Promise.resolve({ status: 'ok' }),
  )
  app.get(
    '/health/ready',
    {
      schema: {
        ...probe(
          'Whether requests can be served',
          'Asks the store of jobs. Needs no API key: nothing but the answer is told.',
        ),
        operationId: 'ready',
        response: {
          200: { ...Health, examples: [answerExamples.health], 'x-response-description': 'They can.' },
          503: {
            ...Health,
            examples: [answerExamples.notReady],
            'x-response-description': 'The store does not answer, or the server is closing.',
          },
        },
      },
    },
    async (_request, reply) => {
      const ready = !open.closing && (await answers(() => netpulse.counts(), clock))
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable' })
    },
  )
}

/** Whether the store answers in time. */
async function answers(ask: () => Promise<unknown>, clock: Clock): Promise<boolean> {
  const asked = Promise.resolve()
    .then(ask)
    .then(
      () => true,
      () => false,
    )
  return (await within(readyTimeoutMs, asked, clock)) ?? false
}
