import { asJobId, isFinal } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { FastifyInstance } from 'fastify'
import { mayCancel } from '../access/job-access.js'
import { jobNotFound, visibleJob } from '../access/visible-job.js'
import type { ApiContext } from '../api-context.js'
import { assertScope, principalOf } from '../authentication.js'
import { apiError } from '../errors.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors, errorAnswer } from '../schemas/error-schemas.js'
import { IdParams, WaitQuery } from '../schemas/query-schemas.js'
import { CanceledJob, JobInResponse } from '../schemas/response-schemas.js'
import { jobOnWire } from '../wire/job-on-wire.js'

const notFound = errorAnswer(404, 'No such job, or its `result_ttl` is over.')

/** `GET /jobs/{id}`, also as a long poll. */
export function readJobRoute(app: FastifyInstance, { netpulse, open, timestamp, urlsFor }: ApiContext): void {
  app.get<{ Params: IdParams; Querystring: WaitQuery }>(
    '/jobs/:id',
    {
      config: { netpulseScope: 'job:read:own' },
      schema: {
        tags: ['jobs'],
        operationId: 'readJob',
        summary: 'Read a job, or wait for its end',
        description: 'With `wait`, the answer comes when the job has ended, or when the time is over.',
        params: IdParams,
        querystring: WaitQuery,
        response: {
          200: { ...JobInResponse, examples: [answerExamples.job], 'x-response-description': 'The job.' },
          ...commonErrors,
          404: notFound,
        },
      },
    },
    async (request, reply) => {
      const id = asJobId(request.params.id)
      const { wait = 0 } = request.query
      const job = await visibleJob(netpulse, id, principalOf(request))
      const told = wait > 0 && !isFinal(job.status) ? await open.wait(id, wait, reply) : job
      return jobOnWire(told, timestamp, urlsFor(request))
    },
  )
}

/** `DELETE /jobs/{id}`: ends a waiting job at once, and asks a running one to end. */
export function cancelJobRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.delete<{ Params: IdParams }>(
    '/jobs/:id',
    {
      config: { netpulseScope: 'job:cancel:own' },
      schema: {
        tags: ['jobs'],
        operationId: 'cancelJob',
        summary: 'Cancel a job, also while it runs',
        description:
          'A waiting job is `canceled` at once. A running one is asked to end, its change is rolled back where the platform can; read it (`?wait=`) for its outcome.',
        params: IdParams,
        response: {
          200: {
            ...CanceledJob,
            examples: [answerExamples.canceledJob],
            'x-response-description': 'Canceled, or asked to end.',
          },
          ...commonErrors,
          404: notFound,
          409: errorAnswer(409, 'The job has ended.'),
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const principal = principalOf(request)
      const job = await visibleJob(netpulse, asJobId(id), principal)
      if (!mayCancel(principal, job)) assertScope(principal, ['job:cancel:all'])
      const answer = await cancel(netpulse, id)
      const { deviceId: device, request: asked } = job
      const details = { status: answer.status }
      await recordAct(netpulse, request, { action: 'job.cancel', job: id, device, host: asked.device.host, details })
      return answer
    },
  )
}

async function cancel(netpulse: NetPulse, id: string) {
  switch (await netpulse.cancel(asJobId(id))) {
    case 'canceled':
      return { id, status: 'canceled', cancel_requested: true }
    case 'cancel_requested':
      return { id, status: 'started', cancel_requested: true }
    case 'already_final':
      throw apiError('JOB_ALREADY_ENDED', `Job ${id} has ended and can no longer be canceled.`)
    case 'not_found':
      throw jobNotFound(id)
  }
}
