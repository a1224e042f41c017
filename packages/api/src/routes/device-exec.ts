import type { SubmitRequest } from '@netpulse/engine'
import type { StagedFile } from '@netpulse/storage'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { scopesOfWork } from '../access/work-scopes.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { IdempotencyHeaders, submitOptionsOf } from '../idempotency.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { repeatErrors, submitErrors, uploadErrors } from '../schemas/error-schemas.js'
import { executionForm, multipartBody } from '../schemas/multipart-schemas.js'
import type { WaitQuery } from '../schemas/query-schemas.js'
import { WaitQuery as waitQuery } from '../schemas/query-schemas.js'
import type { ExecutionRequest } from '../schemas/request-schemas.js'
import { executionRequest } from '../schemas/request-schemas.js'
import { JobInResponse } from '../schemas/response-schemas.js'
import { submitRequestOf } from '../submit-request.js'
import { refuseUnavailable } from '../unavailable-fields.js'
import { compileTyped, invalid } from '../validation.js'
import { jobOnWire } from '../wire/job-on-wire.js'

/** The file that came with the request is the one to send. @throws INVALID_INPUT */
function withUpload(body: ExecutionRequest, upload: StagedFile | null): ExecutionRequest {
  if (upload === null) return body
  if (typeof body.staged_file_id === 'string') throw invalid('staged_file_id', 'a file came with the request')
  return { ...body, staged_file_id: upload.id }
}

/** `POST /device/exec`: one job for one device. */
export function deviceExecRoute(app: FastifyInstance, context: ApiContext): void {
  const { netpulse, open, defaults, switchNames, timestamp, urlsFor } = context
  const schema = executionRequest(defaults, context.switches)
  const bodyCheck = compileTyped(schema)
  const requestOf = (request: FastifyRequest, body: ExecutionRequest): SubmitRequest => {
    refuseUnavailable(body)
    return submitRequestOf(body, { principal: principalOf(request), switchNames, defaults })
  }
  app.post<{ Body: ExecutionRequest; Querystring: WaitQuery; Headers: IdempotencyHeaders }>(
    '/device/exec',
    {
      bodyLimit: context.bodyLimitBytes,
      config: {
        netpulseScope: scopesOfWork,
        netpulseMultipart: {
          needsRequest: true,
          keepsFile: false,
          precheck: (request, body) => void requestOf(request, bodyCheck.parse(body, 'Request')),
        },
      },
      schema: {
        tags: ['device'],
        operationId: 'executeOnDevice',
        summary: 'Run commands, apply configuration or copy a file on a device',
        description:
          'The job is stored before the answer is sent. With `wait`, the answer comes with its result. A file for the device comes with the request as `multipart/form-data`: the part `request` holds the JSON, the part `file` the file; it is best sent last.',
        querystring: waitQuery,
        headers: IdempotencyHeaders,
        body: schema,
        ...multipartBody(executionForm),
        response: {
          201: {
            ...JobInResponse,
            examples: [answerExamples.acceptedJob],
            'x-response-description': 'The job was accepted.',
          },
          ...submitErrors,
          ...repeatErrors,
          ...uploadErrors,
        },
      },
    },
    async (request, reply) => {
      const asked = requestOf(request, withUpload(request.body, request.netpulseUpload))
      const stored = await netpulse.submit(asked, submitOptionsOf(request))
      const { wait = 0 } = request.query
      // A repeated request gets the job of the first one, whose place is not told with it.
      const isUntold = stored.status === 'queued' && stored.queuePosition === undefined
      const read = () => (isUntold ? netpulse.get(stored.id) : stored)
      const job = wait > 0 ? await open.wait(stored.id, wait, reply) : await read()
      return reply.code(201).send(jobOnWire(job, timestamp, urlsFor(request)))
    },
  )
}
