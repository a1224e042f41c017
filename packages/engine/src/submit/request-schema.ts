import type { JsonSchema } from '@netpulse/core'

const text: JsonSchema = { type: ['string', 'array'], items: { type: 'string' } }
const seconds = (minimum: number, maximum: number): JsonSchema => ({ type: 'integer', minimum, maximum, 'x-unit': 's' })

/** The shape of a request as an embedding program writes it. What is inside the `...Args` is the driver's to check. */
export const submitRequestSchema: JsonSchema = {
  type: 'object',
  properties: {
    driver: { type: 'string', minLength: 1, maxLength: 100 },
    connectionArgs: { type: 'object' },
    command: text,
    config: text,
    driverArgs: { type: 'object' },
    switches: { type: 'object' },
    queueStrategy: { enum: ['fifo', 'pinned'] },
    ttlSeconds: seconds(1, 86_400),
    executionTimeoutSeconds: seconds(1, 86_400),
    resultTtlSeconds: seconds(60, 604_800),
    tags: { type: 'array', maxItems: 50, items: { type: 'string', minLength: 1, maxLength: 100 } },
    transcript: { type: 'boolean' },
    owner: { type: 'string', maxLength: 200 },
  },
  required: ['driver', 'connectionArgs'],
  additionalProperties: false,
}

/** The shape of what comes beside a request. */
export const submitOptionsSchema: JsonSchema = {
  type: 'object',
  properties: { idempotencyKey: { type: 'string', minLength: 1, maxLength: 255 } },
  additionalProperties: false,
}

/** What a request gets that does not say otherwise. Attempts count crashes; a touched device is never tried again. */
export const submitDefaults = {
  ttlSeconds: 300,
  executionTimeoutSeconds: 300,
  resultTtlSeconds: 300,
  maxAttempts: 3,
} as const
