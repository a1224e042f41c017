import { Type, type Static } from 'typebox'
import type { SubmitOptions } from '@netpulse/engine'
import type { FastifyRequest } from 'fastify'
import { principalOf } from './authentication.js'

/**
 * Headers of a POST that makes jobs.
 * @see draft-ietf-httpapi-idempotency-key-header
 */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,255}$',
      description:
        'A word of your own for this request, 1 to 255 visible characters. Sent again with the same body, the request makes no second job and is answered with the first one, as long as that can be read (`result_ttl`). With another body it is refused with 409 `IDEMPOTENCY_CONFLICT`. Each API key has its own words.',
    }),
  ),
})
export type IdempotencyHeaders = Static<typeof IdempotencyHeaders>

/** What the engine takes of a request beside its body: who sends it, and its word for it. */
export function submitOptionsOf(request: FastifyRequest<{ Headers: IdempotencyHeaders }>): SubmitOptions {
  const idempotencyKey = request.headers['idempotency-key']
  return {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    actor: { name: principalOf(request).name, source: request.ip },
  }
}
