import type { Socket } from 'node:net'
import type { Logger } from '@netpulse/core'
import { silentLogger, systemClock } from '@netpulse/core'
import type { FastifyInstance } from 'fastify'
import fastify from 'fastify'
import { ownerOf } from './authentication.js'
import { createErrorHandler, notFound } from './error-handler.js'
import { apiError } from './errors.js'
import { limitBodyTime } from './uploads/body-time.js'
import type { NetPulseApiOptions } from './netpulse-api.js'
import { netpulseApi } from './netpulse-api.js'

/** How to serve the API as an application of its own. */
export interface CreateServerOptions extends NetPulseApiOptions {
  /** Path below which the API stands, such as `/netpulse`. @defaultValue none */
  readonly prefix?: string
  /**
   * Addresses or ranges of proxies whose `X-Forwarded-For` names the client. Limits by address then count the client.
   * @defaultValue none: the other end of the connection is the client
   */
  readonly trustedProxies?: readonly string[]
}

/** Longest id in a path: a device id of site and name, URL-decoded. */
const longestParameter = 600

/** What is not even HTTP gets its answer here, in the same shape. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const status = tooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request'
  const body = JSON.stringify({
    detail: tooLarge ? 'The headers are too large.' : 'This is not an HTTP request.',
    code: 'BAD_REQUEST',
  })
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}

/** A fastify application with nothing but the NetPulse API; `listen` it, `close` it. */
export async function createServer(options: CreateServerOptions): Promise<FastifyInstance> {
  const log = options.logger ?? silentLogger
  const handleError = createErrorHandler(log)
  const app = fastify({
    logger: false,
    bodyLimit: options.bodyLimitBytes ?? 10 * 1024 * 1024,
    // `limitBodyTime` sees to it: a file may take as long as it comes.
    requestTimeout: 0,
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    routerOptions: { maxParamLength: longestParameter, ignoreTrailingSlash: true },
    clientErrorHandler: refuseConnection,
    http: { requireHostHeader: false }, // Node would answer with nothing but the status: see `requireHost`
    frameworkErrors: (_error, request, reply) =>
      handleError(apiError('BAD_REQUEST', 'The URL is not valid.'), request as never, reply as never),
  })
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(notFound)
  requireHost(app)
  logRequests(app, log)
  limitBodyTime(app, options.clock ?? systemClock)
  const { prefix = '', trustedProxies: _applied, ...api } = options
  await app.register(netpulseApi, { ...api, prefix })
  return app
}

/** RFC 9112 3.2: a request of HTTP/1.1 without `Host` is refused, here with a body as all others. @throws BAD_REQUEST */
function requireHost(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const isMissing = request.raw.httpVersion === '1.1' && request.headers.host === undefined
    done(isMissing ? apiError('BAD_REQUEST', 'The header `Host` is missing.') : undefined)
  })
}

/** One line per request, without query and headers: both may hold what a log must not. */
function logRequests(app: FastifyInstance, log: Logger): void {
  app.addHook('onResponse', (request, reply, done) => {
    const fields = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? '',
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      key: ownerOf(request),
    }
    log.debug(fields, 'Request')
    done()
  })
}
