import type { JsonObject } from '@netpulse/core'
import type { ConnectionTest } from '@netpulse/engine'
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { submitErrors } from '../schemas/error-schemas.js'
import type { DeviceLoginRequest } from '../schemas/request-schemas.js'
import { ConnectionTestRequest } from '../schemas/request-schemas.js'
import { ConnectionTestResponse } from '../schemas/response-schemas.js'
import { snakeKeys } from '@netpulse/webhooks'
import { deviceLoginOf } from '../submit-request.js'
import { whileConnected } from '../while-connected.js'

/** `POST /device/test`: opens a session, looks at its prompt, closes it. */
export function deviceTestRoute(
  app: FastifyInstance,
  { netpulse, timestamp, clock, bodyLimitBytes }: ApiContext,
): void {
  app.post<{ Body: DeviceLoginRequest }>(
    '/device/test',
    {
      bodyLimit: bodyLimitBytes,
      config: { netpulseScope: 'query:run' },
      schema: {
        tags: ['device'],
        operationId: 'testConnection',
        summary: 'Try to log in to a device',
        description:
          'A device that cannot be reached, or refuses the login, is an answer with `success: false`; so is a credential that cannot be looked up. The server that answers does both.',
        body: ConnectionTestRequest,
        response: {
          200: {
            ...ConnectionTestResponse,
            examples: [answerExamples.connectionTest],
            'x-response-description': 'What was found.',
          },
          ...submitErrors,
        },
      },
    },
    async (request, reply) => {
      const login = deviceLoginOf(request.body, principalOf(request))
      const test = await whileConnected(reply, (signal) => netpulse.testConnection(login, signal))
      const { driver, connectionArgs } = login
      const host = String(connectionArgs['host'])
      await recordAct(netpulse, request, {
        ...{ action: 'connection.tested', host, outcome: test.success ? 'succeeded' : 'failed' },
        details: { driver, code: test.error?.code ?? null },
      })
      return testOnWire(test, { driver, host }, timestamp(clock.now()))
    },
  )
}

function testOnWire(
  test: ConnectionTest,
  target: { driver: string; host: string },
  at: string,
): ConnectionTestResponse {
  const info: JsonObject = test.info ?? {}
  return {
    success: test.success,
    latency: Math.round(test.latencySeconds * 1000) / 1000,
    error: test.error?.message ?? null,
    code: test.error?.code ?? null,
    result: test.success ? { ...snakeKeys(info), ...target } : null,
    timestamp: at,
  }
}
