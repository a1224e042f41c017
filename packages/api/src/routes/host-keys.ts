import { asDeviceId } from '@netpulse/core'
import type { PinnedHostKey as Pinned } from '@netpulse/driver-sdk'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { seesDevice } from '../access/job-access.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { apiError } from '../errors.js'
import { fingerprintPrefix, hostKeyIn } from '../host-key-request.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { bodyErrors, commonErrors, errorAnswer } from '../schemas/error-schemas.js'
import type { HostKeyParams, HostKeyRequest } from '../schemas/host-key-schemas.js'
import {
  HostKeyParams as hostKeyParams,
  HostKeyRequest as hostKeyRequest,
  PinnedHostKey,
} from '../schemas/host-key-schemas.js'
import type { FormatTimestamp } from '../wire/timestamps.js'

const onWire = ({ address, type, fingerprint, firstSeenAt }: Pinned, timestamp: FormatTimestamp): PinnedHostKey => ({
  address,
  type,
  fingerprint: `${fingerprintPrefix}${fingerprint}`,
  first_seen_at: timestamp(firstSeenAt),
})

const detailsOf = ({ address, type, fingerprint }: Pinned) => ({
  ...{ address, type },
  fingerprint: `${fingerprintPrefix}${fingerprint}`,
})

const hostOf = (address: string): string => address.replace(/:\d{1,5}$/, '')

/** `GET /host-keys`: which host key each address is trusted with. */
export function listHostKeysRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.get(
    '/host-keys',
    {
      config: { netpulseScope: 'device:read' },
      schema: {
        tags: ['host keys'],
        operationId: 'listHostKeys',
        summary: 'List the trusted host keys',
        description: 'By address; of the devices that the key may reach.',
        response: {
          200: {
            ...Type.Array(PinnedHostKey),
            examples: [answerExamples.hostKeys],
            description: 'The pinned keys.',
          },
          ...commonErrors,
        },
      },
    },
    async (request) => {
      const principal = principalOf(request)
      const all = await netpulse.hostKeys.list()
      const keys = all.filter(({ address }) => seesDevice(principal, asDeviceId(address)))
      return keys.sort((a, b) => (a.address < b.address ? -1 : 1)).map((key) => onWire(key, timestamp))
    },
  )
}

/** `PUT /host-keys/{address}`: pins a key before the first connection, or replaces the one of a device that was changed. */
export function pinHostKeyRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.put<{ Params: HostKeyParams; Body: HostKeyRequest }>(
    '/host-keys/:address',
    {
      config: { netpulseScope: 'host-key:admin' },
      schema: {
        tags: ['host keys'],
        operationId: 'pinHostKey',
        summary: 'Trust an address with a host key',
        description:
          'In the place of the one that it had, if any: a device that was replaced is refused with `HOST_KEY_CHANGED` until its new key is pinned. Sessions that are open stay open.',
        params: hostKeyParams,
        body: hostKeyRequest,
        response: {
          200: {
            ...PinnedHostKey,
            examples: [answerExamples.pinnedHostKey],
            'x-response-description': 'The key is pinned.',
          },
          ...commonErrors,
          ...bodyErrors,
        },
      },
    },
    async (request) => {
      const { address } = request.params
      const key = hostKeyIn(request.body)
      const before = await netpulse.hostKeys.find(address)
      const pinned = await netpulse.hostKeys.replace(address, key)
      const details = { ...detailsOf(pinned), replaced: before === undefined ? null : detailsOf(before) }
      await recordAct(netpulse, request, { action: 'host_key.pinned', host: hostOf(address), details })
      return onWire(pinned, timestamp)
    },
  )
}

/** `DELETE /host-keys/{address}`: with trust on first use, the next connection pins whatever it finds. */
export function forgetHostKeyRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.delete<{ Params: HostKeyParams }>(
    '/host-keys/:address',
    {
      config: { netpulseScope: 'host-key:admin' },
      schema: {
        tags: ['host keys'],
        operationId: 'forgetHostKey',
        summary: 'Forget the host key of an address',
        description:
          'With trust on first use the next connection pins whatever key it finds; with the mode `strict` there is none until one is pinned.',
        params: hostKeyParams,
        response: {
          200: {
            ...Type.Object({ address: Type.String() }),
            examples: [answerExamples.forgottenHostKey],
            description: 'It is forgotten.',
          },
          ...commonErrors,
          404: errorAnswer(404, 'The address has no pinned key.'),
        },
      },
    },
    async (request) => {
      const { address } = request.params
      if (!(await netpulse.hostKeys.remove(address)))
        throw apiError('HOST_KEY_NOT_PINNED', `No host key is pinned for ${address}.`)
      await recordAct(netpulse, request, { action: 'host_key.forgotten', host: hostOf(address), details: { address } })
      return { address }
    },
  )
}
