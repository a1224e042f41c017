import type { FastifyInstance } from 'fastify'
import { scopesOfWork } from '../access/work-scopes.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { IdempotencyHeaders, submitOptionsOf } from '../idempotency.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { repeatErrors, submitErrors } from '../schemas/error-schemas.js'
import type { WaitQuery } from '../schemas/query-schemas.js'
import { WaitQuery as waitQuery } from '../schemas/query-schemas.js'
import type { ExecutionRequest } from '../schemas/request-schemas.js'
import { executionRequest } from '../schemas/request-schemas.js'
import { JobInResponse } from '../schemas/response-schemas.js'
import { submitRequestOf } from '../submit-request.js'
import { refuseUnavailable } from '../unavailable-fields.js'
import { jobOnWire } from '../wire/job-on-wire.js'

/** `POST /device/exec`: one job for one device. */
export function deviceExecRoute(app: FastifyInstance, context: ApiContext): void {
  const { netpulse, open, defaults, switchNames, timestamp } = context
  app.post<{ Body: ExecutionRequest; Querystring: WaitQuery; Headers: IdempotencyHeaders }>(
    '/device/exec',
    {
      bodyLimit: context.bodyLimitBytes,
      config: { netpulseScope: scopesOfWork },
      schema: {
        tags: ['device'],
        operationId: 'executeOnDevice',
        summary: 'Run commands or apply configuration on a device',
        description: 'The job is stored before the answer is sent. With `wait`, the answer comes with its result.',
        querystring: waitQuery,
        headers: IdempotencyHeaders,
        body: executionRequest(defaults, context.switches),
        response: {
          201: {
            ...JobInResponse,
            examples: [answerExamples.acceptedJob],
            'x-response-description': 'The job was accepted.',
          },
          ...submitErrors,
          ...repeatErrors,
        },
      },
    },
    async (request, reply) => {
      refuseUnavailable(request.body)
      const principal = principalOf(request)
      const asked = submitRequestOf(request.body, { principal, switchNames, defaults })
      const stored = await netpulse.submit(asked, submitOptionsOf(request.headers))
      const { wait = 0 } = request.query
      // A repeated request gets the job of the first one, whose place is not told with it.
      const isUntold = stored.status === 'queued' && stored.queuePosition === undefined
      const read = () => (isUntold ? netpulse.get(stored.id) : stored)
      const job = wait > 0 ? await open.wait(stored.id, wait, reply) : await read()
      return reply.code(201).send(jobOnWire(job, timestamp))
    },
  )
}
