import type { LoginPause } from '@netpulse/engine'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { seesDevice } from '../access/job-access.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { apiError } from '../errors.js'
import type { Principal } from '../principal.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { commonErrors, errorAnswer } from '../schemas/error-schemas.js'
import { PauseParams } from '../schemas/query-schemas.js'
import { LoginPause as LoginPauseAnswer } from '../schemas/response-schemas.js'
import type { FormatTimestamp } from '../wire/timestamps.js'

/** A credential is used at many devices: only who reaches all may know of it. */
const seesPause = (principal: Principal, { device }: LoginPause): boolean =>
  device === undefined ? principal.devices === undefined : seesDevice(principal, device)

const onWire = ({ id, scope, device, refusedBy, until }: LoginPause, timestamp: FormatTimestamp): LoginPauseAnswer => ({
  id,
  scope,
  device: device ?? null,
  refused_by: [...(refusedBy ?? [])],
  until: timestamp(until),
})

/** `GET /logins/pauses`: what is not tried for a while, because too many logins failed. */
export function listLoginPausesRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.get(
    '/logins/pauses',
    {
      config: { netpulseScope: 'device:read' },
      schema: {
        tags: ['devices'],
        operationId: 'listLoginPauses',
        summary: 'List pauses of logins',
        description:
          'A device that could not be reached several times in a row is left alone for a while, and a credential that was refused several times is not used for a while. Jobs that need one fail with `DEVICE_PAUSED` or `CREDENTIAL_PAUSED`. Those that end first come first.',
        response: {
          200: { ...Type.Array(LoginPauseAnswer), examples: [[answerExamples.loginPause]], description: 'Pauses.' },
          ...commonErrors,
        },
      },
    },
    async (request) => {
      const pauses = await netpulse.loginPauses()
      return pauses.filter((pause) => seesPause(principalOf(request), pause)).map((pause) => onWire(pause, timestamp))
    },
  )
}

/** `DELETE /logins/pauses/{id}`: the cause is gone. */
export function endLoginPauseRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.delete<{ Params: PauseParams }>(
    '/logins/pauses/:id',
    {
      config: { netpulseScope: 'device:release' },
      schema: {
        tags: ['devices'],
        operationId: 'endLoginPause',
        summary: 'End a pause of logins',
        description: 'The cause is gone: whoever comes next may log in.',
        params: PauseParams,
        response: {
          200: {
            ...LoginPauseAnswer,
            examples: [answerExamples.loginPause],
            'x-response-description': 'The pause that was ended.',
          },
          ...commonErrors,
          404: errorAnswer(404, 'There is no such pause.'),
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const pause = (await netpulse.loginPauses()).find((one) => one.id === id)
      const isSeen = pause !== undefined && seesPause(principalOf(request), pause)
      const ended = isSeen ? await netpulse.endLoginPause(id) : undefined
      if (ended === undefined) throw apiError('PAUSE_NOT_FOUND', `There is no pause ${id}.`)
      const { device = null, scope } = ended
      await recordAct(netpulse, request, { action: 'login_pause.ended', device, details: { scope } })
      return onWire(ended, timestamp)
    },
  )
}
