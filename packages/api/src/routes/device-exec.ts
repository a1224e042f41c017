import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api-context.js'
import { ownerOf } from '../authentication.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { submitErrors } from '../schemas/error-schemas.js'
import type { WaitQuery } from '../schemas/query-schemas.js'
import { WaitQuery as waitQuery } from '../schemas/query-schemas.js'
import type { ExecutionRequest } from '../schemas/request-schemas.js'
import { executionRequest } from '../schemas/request-schemas.js'
import { JobInResponse } from '../schemas/response-schemas.js'
import { submitRequestOf } from '../submit-request.js'
import { refuseIdempotencyKey, refuseUnavailable } from '../unavailable-fields.js'
import { jobOnWire } from '../wire/job-on-wire.js'

/** `POST /device/exec`: one job for one device. */
export function deviceExecRoute(app: FastifyInstance, context: ApiContext): void {
  const { netpulse, polls, defaults, switchNames, timestamp } = context
  app.post<{ Body: ExecutionRequest; Querystring: WaitQuery }>(
    '/device/exec',
    {
      bodyLimit: context.bodyLimitBytes,
      config: { netpulseRole: 'operator' },
      schema: {
        tags: ['device'],
        operationId: 'executeOnDevice',
        summary: 'Run commands or apply configuration on a device',
        description: 'The job is stored before the answer is sent. With `wait`, the answer comes with its result.',
        querystring: waitQuery,
        body: executionRequest(defaults, context.switches),
        response: {
          201: {
            ...JobInResponse,
            examples: [answerExamples.acceptedJob],
            'x-response-description': 'The job was accepted.',
          },
          ...submitErrors,
        },
      },
    },
    async (request, reply) => {
      refuseIdempotencyKey(request.headers)
      refuseUnavailable(request.body)
      const owner = ownerOf(request)
      const stored = await netpulse.submit(submitRequestOf(request.body, { owner, switchNames, defaults }))
      const { wait = 0 } = request.query
      const job = wait > 0 ? await polls.wait(stored.id, wait, reply) : stored
      return reply.code(201).send(jobOnWire(job, timestamp))
    },
  )
}
