import type { FastifyInstance } from 'fastify'
import { scopes } from '../access/scopes.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors } from '../schemas/error-schemas.js'
import { Health } from '../schemas/response-schemas.js'

/** `GET /health`: the process answers. */
export function healthRoute(app: FastifyInstance): void {
  app.get(
    '/health',
    {
      config: { netpulseScope: scopes },
      schema: {
        tags: ['system'],
        operationId: 'health',
        summary: 'Whether the server answers',
        description: 'Says nothing about workers and store. Needs a key, so it also tells whether a key is valid.',
        response: {
          200: { ...Health, examples: [answerExamples.health], 'x-response-description': 'It does.' },
          ...commonErrors,
        },
      },
    },
    () => Promise.resolve({ status: 'ok' }),
  )
}
