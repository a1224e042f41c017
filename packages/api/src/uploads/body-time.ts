import type { CancelTimer, Clock } from '@netpulse/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** A body must have arrived whole within this time; a client that dribbles bytes holds no connection for ever. */
const longestMs = 60_000

const isUpload = ({ headers }: FastifyRequest): boolean =>
  /^\s*multipart\/form-data\b/i.test(headers['content-type'] ?? '')

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/**
 * Ends requests whose bodies take too long. Node's own limit holds for all of a server, files included, which may take as
 * long as something comes: who reads them sees to that.
 */
export function limitBodyTime(app: FastifyInstance, clock: Clock): void {
  const timers = new WeakMap<FastifyRequest, CancelTimer>()
  const end = (request: FastifyRequest): void => timers.get(request)?.()
  app.addHook('onRequest', (request, _reply, done) => {
    if (hasBody(request) && !isUpload(request))
      timers.set(
        request,
        clock.setTimer(longestMs, () => request.raw.destroy()),
      )
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    end(request)
    done()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    end(request)
    done()
  })
  app.addHook('onRequestAbort', (request, done) => {
    end(request)
    done()
  })
}
