import { webhookEvents } from '@netpulse/core'
import type { WebhookEvent } from '@netpulse/core'
import { webhookDefaults } from '@netpulse/engine'
import { Type, type Static } from 'typebox'
import { optional } from './optional.js'

const texts = (description: string) =>
  optional<Record<string, string>>({
    type: 'object',
    maxProperties: 50,
    additionalProperties: { type: 'string', maxLength: 8192 },
    writeOnly: true,
    description,
  })

const { name, method, timeoutSeconds, maxRetries, retryIntervalsSeconds } = webhookDefaults

/** `webhook` of a request. What a URL or a header may be, the engine decides. */
export const Webhook = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 4096,
      writeOnly: true,
      description:
        'Where the events go, `http` or `https`. Private, loopback and other special addresses are refused, also after DNS and redirects, unless the operator allows their range.',
    }),
    name: optional<string>({
      type: 'string',
      minLength: 1,
      maxLength: 100,
      description: `What delivers: \`basic\`, or a notifier of a plugin. Default \`${name}\`.`,
    }),
    method: Type.Optional(
      Type.Unsafe<'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | null>({
        type: ['string', 'null'],
        enum: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', null],
        description: `Default \`${method}\`.`,
      }),
    ),
    headers: texts('Headers by name. Kept sealed.'),
    cookies: texts('Cookies by name. Kept sealed.'),
    auth: optional<[string, string]>({
      type: 'array',
      minItems: 2,
      prefixItems: [
        { type: 'string', maxLength: 1000 },
        { type: 'string', maxLength: 1000 },
      ],
      items: false,
      writeOnly: true,
      description: 'User and password of HTTP Basic. Kept sealed.',
    }),
    timeout: optional<number>({
      type: 'number',
      minimum: 0.5,
      maximum: 120,
      description: `Limit of one attempt. Seconds. Default ${timeoutSeconds}.`,
    }),
    max_retries: optional<number>({
      type: 'integer',
      minimum: 0,
      maximum: 10,
      description: `Attempts after the first. Default ${maxRetries}.`,
    }),
    retry_intervals: optional<number[]>({
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: { type: 'number', minimum: 0, maximum: 86_400 },
      description: `Waits before each retry, the last one for all further ones. Seconds. Default ${JSON.stringify(retryIntervalsSeconds)}.`,
    }),
    events: optional<WebhookEvent[]>({
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'string', enum: [...webhookEvents] },
      description:
        'Which events are sent. Default: all but `job.started`. Those of `detached.` come with `detach` only: new lines of the log every `push_interval`, the end of the task, or that it cannot be followed to its end.',
    }),
  },
  {
    title: 'Webhook',
    additionalProperties: false,
    description:
      'Who is to be told of the end of the job: the payload goes to `url` as JSON, with the headers of Standard Webhooks (`webhook-id`, `webhook-timestamp`, and `webhook-signature` when the operator has set a secret). A status of 2xx says that it was taken.',
  },
)
export type Webhook = Static<typeof Webhook>
