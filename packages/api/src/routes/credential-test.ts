import { isNetPulseError, toErrorData } from '@netpulse/core'
import type { CredentialReference } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api-context.js'
import { credentialReferenceOf } from '../credential-reference.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { submitErrors } from '../schemas/error-schemas.js'
import { CredentialTestRequest } from '../schemas/request-schemas.js'
import { CredentialTestResponse } from '../schemas/response-schemas.js'
import { whileConnected } from '../while-connected.js'

/** Mistakes of the request itself, as against what a provider found. */
const mistakes: ReadonlySet<string> = new Set([
  'CREDENTIAL_PROVIDER_UNKNOWN',
  'CREDENTIAL_REFERENCE_INVALID',
  'CREDENTIAL_NOT_ALLOWED',
])

/**
 * `POST /credentials/test`: whether a reference leads to a secret, and which fields that has. For operators: they may use
 * any allowed reference in a job already, which tells them more.
 */
export function credentialTestRoute(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Body: CredentialTestRequest }>(
    '/credentials/test',
    {
      bodyLimit: context.bodyLimitBytes,
      config: { netpulseScope: 'secret:use' },
      schema: {
        tags: ['credentials'],
        operationId: 'testCredential',
        summary: 'Look a credential reference up, without showing it',
        description:
          'The provider is asked anew, by the server that answers. A secret that is not there, or may not be read, is an answer with `success: false`. No value is ever in the answer.',
        body: CredentialTestRequest,
        response: {
          200: {
            ...CredentialTestResponse,
            examples: [answerExamples.credentialTest],
            'x-response-description': 'What was found.',
          },
          ...submitErrors,
        },
      },
    },
    async (request, reply) => {
      const { netpulse } = context
      const reference = credentialReferenceOf(request.body.credential)
      const found = await whileConnected(reply, (signal) => test(netpulse, reference, signal))
      const { name = null, ref } = reference
      await recordAct(netpulse, request, {
        ...{ action: 'credential.tested', outcome: found.success ? 'succeeded' : 'failed' },
        details: { name, ref, code: found.code },
      })
      return found
    },
  )
}

async function test(
  netpulse: NetPulse,
  reference: CredentialReference,
  signal: AbortSignal,
): Promise<CredentialTestResponse> {
  try {
    const { provider, fields, options } = await netpulse.testCredential(reference, signal)
    return { success: true, provider, fields: [...fields], options: [...options], error: null, code: null }
  } catch (error) {
    if (!isNetPulseError(error) || !error.code.startsWith('CREDENTIAL_') || mistakes.has(error.code)) throw error
    const { message, code } = toErrorData(error)
    return { success: false, provider: null, fields: [], options: [], error: message, code }
  }
}
