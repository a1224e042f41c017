import type { JsonSchema } from '@netpulse/core'
import { fileTransferRequestSchema } from './file-transfer-request.js'
import { webhookRequestSchema } from '../webhooks/webhook-request.js'

const text: JsonSchema = { type: ['string', 'array'], items: { type: 'string' } }
const seconds = (minimum: number, maximum: number): JsonSchema => ({ type: 'integer', minimum, maximum, 'x-unit': 's' })

/** A reference to a secret, as an embedding program writes it. */
const credentialReferenceSchema: JsonSchema = {
  type: 'object',
  required: ['ref'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 64 },
    ref: { type: 'string', minLength: 1, maxLength: 1024 },
    mount: { type: 'string', minLength: 1, maxLength: 1024 },
    version: { type: 'integer', minimum: 1 },
    namespace: { type: 'string', minLength: 1, maxLength: 1024 },
    fieldMapping: {
      type: 'object',
      minProperties: 1,
      maxProperties: 20,
      propertyNames: { maxLength: 64 },
      additionalProperties: { type: 'string', minLength: 1, maxLength: 256 },
    },
  },
}

/** The shape of a request as an embedding program writes it. What is inside the `...Args` is the driver's to check. */
export const submitRequestSchema: JsonSchema = {
  type: 'object',
  properties: {
    driver: { type: 'string', minLength: 1, maxLength: 100 },
    connectionArgs: { type: 'object' },
    credential: credentialReferenceSchema,
    command: text,
    config: text,
    fileTransfer: fileTransferRequestSchema,
    driverArgs: { type: 'object' },
    switches: { type: 'object' },
    queueStrategy: { enum: ['fifo', 'pinned'] },
    ttlSeconds: seconds(1, 86_400),
    executionTimeoutSeconds: seconds(1, 86_400),
    resultTtlSeconds: seconds(60, 604_800),
    tags: { type: 'array', maxItems: 50, items: { type: 'string', minLength: 1, maxLength: 100 } },
    transcript: { type: 'boolean' },
    webhook: webhookRequestSchema,
    auditMode: { enum: ['full', 'metadata', 'none'] },
    detach: { type: 'boolean' },
    pushIntervalSeconds: seconds(1, 3_600),
    owner: { type: 'string', maxLength: 200 },
    policy: {
      type: 'object',
      properties: { readOnly: { type: 'boolean' }, allow: { type: 'array', items: { type: 'string', minLength: 1 } } },
      additionalProperties: false,
    },
  },
  required: ['driver', 'connectionArgs'],
  additionalProperties: false,
}

/** The shape of what comes beside a request. */
export const submitOptionsSchema: JsonSchema = {
  type: 'object',
  properties: {
    idempotencyKey: { type: 'string', minLength: 1, maxLength: 255 },
    actor: {
      type: 'object',
      properties: { name: { type: 'string', maxLength: 1000 }, source: { type: 'string', maxLength: 1000 } },
      required: ['name'],
      additionalProperties: false,
    },
  },
  additionalProperties: false,
}

/** What a request gets that does not say otherwise. Attempts count crashes; a touched device is never tried again. */
export const submitDefaults = {
  ttlSeconds: 300,
  executionTimeoutSeconds: 300,
  /** Of a job that copies a file. */
  transferTimeoutSeconds: 3_600,
  resultTtlSeconds: 300,
  maxAttempts: 3,
} as const
