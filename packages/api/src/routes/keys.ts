import type { JsonObject } from '@netpulse/core'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { assertCovers, assertNotLastAdmin } from '../access/key-access.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { apiError } from '../errors.js'
import type { ApiKeyInfo, ApiKeyStore, NewApiKey, NewKeyWish } from '../keys/api-key-store.js'
import { keyUnknown } from '../keys/stored-keys.js'
import { recordAct } from '../record-act.js'
import { answerExamples } from '../schemas/answer-examples.js'
import { bodyErrors, commonErrors, errorAnswer } from '../schemas/error-schemas.js'
import type { NewKeyInResponse } from '../schemas/key-schemas.js'
import { ApiKeyInResponse, NewKeyRequest, RevokedKey, RotateKeyRequest } from '../schemas/key-schemas.js'
import { NewKeyInResponse as newKeyInResponse } from '../schemas/key-schemas.js'
import { KeyParams } from '../schemas/query-schemas.js'
import { keyOnWire } from '../wire/key-on-wire.js'
import { momentOf } from '../wire/moments.js'

const unknownKey = errorAnswer(404, 'No such key.')

/** @throws NOT_AVAILABLE where the keys come from elsewhere */
function storeOf({ keys }: ApiContext): ApiKeyStore {
  if (keys === undefined) throw apiError('NOT_AVAILABLE', 'The API keys of this server are managed elsewhere.')
  return keys
}

/** @throws API_KEY_UNKNOWN */
async function keyOf(store: ApiKeyStore, id: string): Promise<ApiKeyInfo> {
  const key = await store.find(id)
  if (key === undefined) throw keyUnknown(id)
  return key
}

const newKeyOnWire = ({ key, info }: NewApiKey, { timestamp, clock }: ApiContext): NewKeyInResponse => ({
  ...keyOnWire(info, timestamp, clock.now()),
  key,
})

function wishOf({
  name,
  role,
  expires_at: expires,
  scopes,
  devices,
  policy_allow: policyAllow,
}: NewKeyRequest): NewKeyWish {
  const expiresAt = momentOf(expires, 'expires_at')
  return {
    name,
    role,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(devices === undefined ? {} : { devices }),
    ...(policyAllow === undefined ? {} : { policyAllow }),
  }
}

/** Who a key is and what it may do. */
const grantsOf = ({ id, name, role, scopes, devices, policyAllow, expiresAt }: ApiKeyInfo): JsonObject => ({
  ...{ id, name, role },
  scopes: scopes ?? null,
  devices: devices?.map((selector) => ({ ...selector })) ?? null,
  policy_allow: policyAllow ?? null,
  expires_at: expiresAt?.toISOString() ?? null,
})

/** `POST /keys`: a new key, told once. */
export function createKeyRoute(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Body: NewKeyRequest }>(
    '/keys',
    {
      config: { netpulseScope: 'key:admin' },
      schema: {
        tags: ['keys'],
        operationId: 'createKey',
        summary: 'Make an API key',
        description:
          'The key is in this answer and nowhere else. Nobody can make a key that may do more than their own.',
        body: NewKeyRequest,
        response: {
          201: {
            ...newKeyInResponse,
            examples: [answerExamples.newApiKey],
            'x-response-description': 'The new key.',
          },
          ...commonErrors,
          ...bodyErrors,
        },
      },
    },
    async (request, reply) => {
      const store = storeOf(context)
      const wish = wishOf(request.body)
      assertCovers(principalOf(request), wish)
      const made = await store.create(wish)
      await recordAct(context.netpulse, request, { action: 'key.created', details: grantsOf(made.info) })
      return reply.code(201).send(newKeyOnWire(made, context))
    },
  )
}

/** `GET /keys`. */
export function listKeysRoute(app: FastifyInstance, context: ApiContext): void {
  app.get(
    '/keys',
    {
      config: { netpulseScope: 'key:admin' },
      schema: {
        tags: ['keys'],
        operationId: 'listKeys',
        summary: 'List API keys',
        description:
          'Without their secrets, in the order of their making. A key of the configuration is not among them.',
        response: {
          200: { ...Type.Array(ApiKeyInResponse), examples: [answerExamples.apiKeys], description: 'All keys.' },
          ...commonErrors,
        },
      },
    },
    async () => (await storeOf(context).list()).map((key) => keyOnWire(key, context.timestamp, context.clock.now())),
  )
}

/** `GET /keys/{id}`. */
export function readKeyRoute(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Params: KeyParams }>(
    '/keys/:id',
    {
      config: { netpulseScope: 'key:admin' },
      schema: {
        tags: ['keys'],
        operationId: 'readKey',
        summary: 'Read an API key',
        description: 'What it may do, and when it was last used; never its secret.',
        params: KeyParams,
        response: {
          200: {
            ...ApiKeyInResponse,
            examples: [answerExamples.apiKey],
            'x-response-description': 'The key, without its secret.',
          },
          ...commonErrors,
          404: unknownKey,
        },
      },
    },
    async (request) =>
      keyOnWire(await keyOf(storeOf(context), request.params.id), context.timestamp, context.clock.now()),
  )
}

/** `POST /keys/{id}/rotate`: a new secret under the same id. */
export function rotateKeyRoute(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Params: KeyParams; Body: RotateKeyRequest }>(
    '/keys/:id/rotate',
    {
      config: { netpulseScope: 'key:admin' },
      schema: {
        tags: ['keys'],
        operationId: 'rotateKey',
        summary: 'Give an API key a new secret',
        description:
          'The key keeps its id, and so its jobs. For `overlap_seconds` the secret before is taken too; a second rotation meanwhile ends the oldest at once.',
        params: KeyParams,
        body: RotateKeyRequest,
        response: {
          200: {
            ...newKeyInResponse,
            examples: [answerExamples.newApiKey],
            'x-response-description': 'The key with its new secret.',
          },
          ...commonErrors,
          ...bodyErrors,
          404: unknownKey,
        },
      },
    },
    async (request) => {
      const store = storeOf(context)
      const { id } = request.params
      assertCovers(principalOf(request), await keyOf(store, id))
      const { overlap_seconds: overlapSeconds = 0 } = request.body
      const made = await store.rotate(id, { overlapSeconds })
      const details = { id, name: made.info.name, overlap_seconds: overlapSeconds }
      await recordAct(context.netpulse, request, { action: 'key.rotated', details })
      return newKeyOnWire(made, context)
    },
  )
}

/** `DELETE /keys/{id}`: ends a key. */
export function revokeKeyRoute(app: FastifyInstance, context: ApiContext): void {
  app.delete<{ Params: KeyParams }>(
    '/keys/:id',
    {
      config: { netpulseScope: 'key:admin' },
      schema: {
        tags: ['keys'],
        operationId: 'revokeKey',
        summary: 'End an API key',
        description:
          'It is refused at once by this server, and within a second by others. The last key that may manage keys cannot end itself.',
        params: KeyParams,
        response: {
          200: { ...RevokedKey, examples: [answerExamples.revokedKey], 'x-response-description': 'It ended.' },
          ...commonErrors,
          404: unknownKey,
          409: errorAnswer(409, 'It is the last key that may manage keys.'),
        },
      },
    },
    async (request) => {
      const store = storeOf(context)
      const { id } = request.params
      const principal = principalOf(request)
      const key = await keyOf(store, id)
      assertCovers(principal, key)
      if (principal.id === id) assertNotLastAdmin(id, await store.list(), context.clock.now())
      await store.revoke(id)
      await recordAct(context.netpulse, request, { action: 'key.revoked', details: { id, name: key.name } })
      return { id, status: 'revoked' as const }
    },
  )
}
