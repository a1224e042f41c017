import { asDeviceId } from '@netpulse/core'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { seesDevice } from '../access/job-access.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { apiError } from '../errors.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors, errorAnswer } from '../schemas/error-schemas.js'
import { DeviceParams } from '../schemas/query-schemas.js'
import { HeldDevice, ReleasedDevice } from '../schemas/response-schemas.js'

/** `GET /devices/holds`: devices whose changes wait, because nobody knows what an earlier one left behind. */
export function listHeldDevicesRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.get(
    '/devices/holds',
    {
      config: { netpulseScope: 'device:read' },
      schema: {
        tags: ['devices'],
        operationId: 'listHeldDevices',
        summary: 'List devices whose changes are held back',
        description: 'A change of unknown outcome holds back later changes of its device; queries pass.',
        response: {
          200: { ...Type.Array(HeldDevice), examples: [answerExamples.heldDevices], description: 'Held devices.' },
          ...commonErrors,
        },
      },
    },
    async (request) => {
      const holds = (await netpulse.holds()).filter(({ device }) => seesDevice(principalOf(request), device))
      return holds.map(({ device, reason, since }) => ({ device, reason, since: timestamp(since) }))
    },
  )
}

/** `DELETE /devices/{id}/hold`: somebody looked, and the device is as expected. */
export function releaseHeldDeviceRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.delete<{ Params: DeviceParams }>(
    '/devices/:id/hold',
    {
      config: { netpulseScope: 'device:release' },
      schema: {
        tags: ['devices'],
        operationId: 'releaseHeldDevice',
        summary: 'Let the changes of a held device run',
        description: 'The id is `device` of `GET /devices/holds`, URL-encoded.',
        params: DeviceParams,
        response: {
          200: {
            ...ReleasedDevice,
            examples: [answerExamples.releasedDevice],
            'x-response-description': 'Its changes run on.',
          },
          ...commonErrors,
          404: errorAnswer(404, 'The device is not held.'),
        },
      },
    },
    async (request) => {
      const device = asDeviceId(request.params.id)
      if (!seesDevice(principalOf(request), device) || !(await netpulse.releaseHold(device)))
        throw apiError('DEVICE_NOT_HELD', `Device ${device} is not held.`)
      await recordAct(netpulse, request, { action: 'hold.released', device })
      return { device, status: 'released' }
    },
  )
}
