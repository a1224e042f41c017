import { defineErrors } from '@netpulse/core'

export const webhookError = defineErrors({
  ADDRESS_FORBIDDEN: {
    kind: 'denied',
    summary:
      'A URL leads to a private, loopback or otherwise special address. The operator may allow its range: `webhooks.allow`.',
  },
  URL_REFUSED: {
    kind: 'invalid',
    summary: 'A URL is not `http` or `https`, has a login in it, or redirects where it must not.',
  },
  RECEIVER_UNREACHABLE: {
    kind: 'unavailable',
    retryable: true,
    summary: 'The receiver of a webhook cannot be reached: name, connection, TLS, or an answer that is not HTTP.',
  },
  RECEIVER_TIMEOUT: {
    kind: 'timeout',
    retryable: true,
    summary: 'The receiver of a webhook did not answer within its `timeout`.',
  },
  RECEIVER_REFUSED: {
    kind: 'unavailable',
    retryable: true,
    summary:
      'The receiver of a webhook answered with another status than 2xx; `status` in the delivery log says which.',
  },
  RECEIVER_GONE: {
    kind: 'conflict',
    summary: 'The receiver of a webhook answered 410: it wants no more. No further attempt is made.',
  },
  NOTIFIER_UNKNOWN: {
    kind: 'invalid',
    summary: 'A webhook names a notifier that is neither `basic` nor one of the configured plugins.',
  },
})
