import type { JsonSchema, WebhookEvent } from '@netpulse/core'
import { webhookEvents } from '@netpulse/core'

/** Who is to be told of a job's end, or also of its start. Credentials in it are sealed like those of the device. */
export interface WebhookRequest {
  /** `http` or `https`, without a login in it. */
  readonly url: string
  /** What delivers: `basic` (HTTP), or the name of a plugin. @defaultValue 'basic' */
  readonly name?: string
  /** @defaultValue 'POST' */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: Readonly<Record<string, string>>
  /** User and password of HTTP Basic. */
  readonly auth?: readonly [user: string, password: string]
  /** Limit of one attempt, from the name look-up to the answer. Seconds, 0.5 to 120. @defaultValue 5 */
  readonly timeoutSeconds?: number
  /** Attempts after the first, 0 to 10. @defaultValue 3 */
  readonly maxRetries?: number
  /** Waits before each retry, the last one for all further ones. Seconds, 0 to 86400. @defaultValue [10, 30, 120] */
  readonly retryIntervalsSeconds?: readonly number[]
  /** @defaultValue every end: `job.completed`, `job.failed`, `job.canceled`, `job.expired`, and all of tasks */
  readonly events?: readonly WebhookEvent[]
}

/** What a webhook gets that does not say otherwise. */
export const webhookDefaults = {
  name: 'basic',
  method: 'POST',
  timeoutSeconds: 5,
  maxRetries: 3,
  retryIntervalsSeconds: [10, 30, 120],
} as const

/** A token of RFC 9110, 5.6.2: names of headers and cookies. */
const token = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"

const texts = (pattern: string): JsonSchema => ({
  type: 'object',
  maxProperties: 50,
  propertyNames: { pattern: token },
  additionalProperties: { type: 'string', maxLength: 8192, pattern },
})

/** The shape of a webhook as an embedding program writes it. */
export const webhookRequestSchema: JsonSchema = {
  type: 'object',
  properties: {
    url: { type: 'string', minLength: 1, maxLength: 4096 },
    name: { type: 'string', minLength: 1, maxLength: 100 },
    method: { enum: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] },
    // Field values and cookie values of RFC 9110 and RFC 6265: nothing that ends a line or begins another cookie.
    headers: texts('^[\\t\\x20-\\x7e\\x80-\\xff]*$'),
    cookies: texts('^[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]*$'),
    auth: {
      type: 'array',
      minItems: 2,
      prefixItems: [
        { type: 'string', maxLength: 1000, pattern: '^[^:]*$' },
        { type: 'string', maxLength: 1000 },
      ],
      items: false,
    },
    timeoutSeconds: { type: 'number', minimum: 0.5, maximum: 120, 'x-unit': 's' },
    maxRetries: { type: 'integer', minimum: 0, maximum: 10 },
    retryIntervalsSeconds: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: { type: 'number', minimum: 0, maximum: 86_400, 'x-unit': 's' },
    },
    events: {
      type: 'array',
      minItems: 1,
      maxItems: webhookEvents.length,
      uniqueItems: true,
      items: { enum: [...webhookEvents] },
    },
  },
  required: ['url'],
  additionalProperties: false,
}
