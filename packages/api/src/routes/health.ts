import type { FastifyInstance } from 'fastify'
import { scopes } from '../access/scopes.js'
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
        response: { 200: { ...Health, 'x-response-description': 'It does.' }, ...commonErrors },
      },
    },
    () => Promise.resolve({ status: 'ok' }),
  )
}
