import type { Logger } from '@netpulse/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { apiError } from './errors.js'
import { httpErrorOf } from './http-error.js'

/** Answers any thrown value in the one shape of errors, and logs bugs with their stack. */
export function createErrorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, headers, body, unexpected } = httpErrorOf(error)
    if (unexpected) {
      const { stack = String(error) } = error instanceof Error ? error : {}
      log.error(
        { requestId: request.id, method: request.method, route: request.routeOptions.url ?? '', stack },
        'Internal error',
      )
    }
    void reply
      .code(status)
      .headers({ ...headers, 'x-request-id': request.id })
      .send(body)
  }
}

/** No such path. Does not repeat the path: it may hold anything. */
export function notFound(): never {
  throw apiError('ROUTE_NOT_FOUND', 'No such path. The API is described at /openapi.json.')
}
