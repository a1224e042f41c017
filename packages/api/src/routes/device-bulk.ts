import type { JsonSchema } from '@netpulse/core'
import { NetPulseError } from '@netpulse/core'
import type { BulkOutcome, NetPulse, SubmitOptions } from '@netpulse/engine'
import type { UrlOfFile } from '@netpulse/webhooks'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { scopesOfWork } from '../access/work-scopes.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import type { BulkEntry } from '../bulk-requests.js'
import { bulkEntries } from '../bulk-requests.js'
import { violationsOf } from '../http-error.js'
import { IdempotencyHeaders, submitOptionsOf } from '../idempotency.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { repeatErrors, submitErrors } from '../schemas/error-schemas.js'
import type { BulkExecutionRequest } from '../schemas/request-schemas.js'
import { BulkDeviceRequest, bulkExecutionRequest } from '../schemas/request-schemas.js'
import { BatchSubmitJobResponse } from '../schemas/response-schemas.js'
import { refuseUnavailable } from '../unavailable-fields.js'
import { validatorCompiler } from '../validation.js'
import { jobOnWire } from '../wire/job-on-wire.js'
import type { FormatTimestamp } from '../wire/timestamps.js'

/** `POST /device/bulk`: a job for each of many devices; a bad device does not stop the others. */
export function deviceBulkRoute(app: FastifyInstance, context: ApiContext): void {
  const { netpulse, defaults, switches, switchNames, timestamp, urlsFor, maxDevicesPerBulk: maxItems } = context
  // The document shows what a device may have; each device is checked on its own, later.
  const checked = bulkExecutionRequest(defaults, switches, { items: Type.Unsafe({ type: 'object' }), maxItems })
  app.post<{ Body: BulkExecutionRequest; Headers: IdempotencyHeaders }>(
    '/device/bulk',
    {
      bodyLimit: context.bodyLimitBytes,
      config: { netpulseScope: scopesOfWork },
      validatorCompiler: (route) =>
        validatorCompiler(
          route.httpPart === 'body' ? { ...route, schema: checked as unknown as JsonSchema } : (route as never),
        ),
      schema: {
        tags: ['device'],
        operationId: 'executeOnDevices',
        summary: 'Run commands, apply configuration or copy files on many devices',
        description:
          "One job per device. A device's own fields win over those of `connection_args`; its `command`, `config` or `file_transfer` replaces the request's work. Devices that cannot be accepted are in `failed`.",
        headers: IdempotencyHeaders,
        body: bulkExecutionRequest(defaults, switches, { items: BulkDeviceRequest, maxItems }),
        response: {
          201: {
            ...BatchSubmitJobResponse,
            examples: [answerExamples.batch],
            'x-response-description': 'Each device was accepted or refused.',
          },
          ...submitErrors,
          ...repeatErrors,
        },
      },
    },
    async (request, reply) => {
      refuseUnavailable(request.body)
      const bulkDefaults = { ...defaults, ttlSeconds: defaults.bulkTtlSeconds }
      const entries = bulkEntries(request.body, {
        principal: principalOf(request),
        switchNames,
        defaults: bulkDefaults,
      })
      const outcomes = await submitEntries(netpulse, entries, submitOptionsOf(request))
      assertNotAllForOneReason(outcomes)
      return reply.code(201).send(batchOnWire(outcomes, timestamp, urlsFor(request)))
    },
  )
}

/** Outcomes in the order of the devices. */
async function submitEntries(
  netpulse: NetPulse,
  entries: readonly BulkEntry[],
  options: SubmitOptions,
): Promise<readonly BulkOutcome[]> {
  const requests = entries.flatMap((entry) => ('request' in entry ? [entry.request] : []))
  const submitted = requests.length === 0 ? [] : await netpulse.submitMany(requests, options)
  let next = 0
  return entries.map((entry) => ('request' in entry ? submitted[next++]! : entry))
}

/** A driver that nobody has, or work that the key may not send, is the request's mistake, not that of each device. @throws DRIVER_UNKNOWN, ROLE_TOO_LOW */
function assertNotAllForOneReason(outcomes: readonly BulkOutcome[]): void {
  const [first] = outcomes
  if (first === undefined || !('error' in first)) return
  const { code } = first.error
  if (code !== 'DRIVER_UNKNOWN' && code !== 'ROLE_TOO_LOW') return
  if (outcomes.every((outcome) => 'error' in outcome && outcome.error.code === code))
    throw new NetPulseError(first.error)
}

function batchOnWire(
  outcomes: readonly BulkOutcome[],
  timestamp: FormatTimestamp,
  urlOf: UrlOfFile,
): BatchSubmitJobResponse {
  const batch: BatchSubmitJobResponse = { succeeded: [], failed: [] }
  for (const [index, outcome] of outcomes.entries()) {
    if ('job' in outcome) batch.succeeded.push(jobOnWire(outcome.job, timestamp, urlOf))
    else {
      const { host, error } = outcome
      const errors = violationsOf(error.details)
      batch.failed.push({
        index,
        host,
        reason: error.message,
        code: error.code,
        ...(errors === undefined ? {} : { errors }),
      })
    }
  }
  return batch
}
