import type { BucketSize, Clock } from '@netpulse/core'
import { TokenBuckets } from '@netpulse/core'
import type { FastifyInstance } from 'fastify'
import { rateLimited } from './rate-limited.js'

/**
 * Limits the requests of each key in this process, and tells every answer what is left.
 * @see draft-ietf-httpapi-ratelimit-headers-03 for the three `RateLimit-*` fields
 */
export function limitRequests(app: FastifyInstance, size: BucketSize, clock: Clock): void {
  if (size.perSecond === 0) return
  const buckets = new TokenBuckets(size)
  app.addHook('onRequest', (request, reply, done) => {
    const key = request.netpulsePrincipal?.id ?? request.ip
    const { taken, remaining, waitSeconds, fullSeconds } = buckets.take(key, clock.monotonicMs())
    reply.headers({
      'ratelimit-limit': String(size.burst),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(Math.ceil(fullSeconds)),
    })
    if (taken) done()
    else
      done(
        rateLimited(
          `${request.netpulsePrincipal === null ? 'This address' : `The API key ${key}`} sends too many requests.`,
          waitSeconds,
        ),
      )
  })
}
