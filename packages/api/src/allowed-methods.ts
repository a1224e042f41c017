import type { FastifyInstance, HTTPMethods } from 'fastify'
import { scopes } from './access/scopes.js'
import { apiError } from './errors.js'

const answered: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The paths of an application with the methods that each takes. */
export class AllowedMethods {
  readonly #methods = new Map<string, Set<string>>()

  /** Notes every route that is added to `app` from now on. */
  watch(app: FastifyInstance): void {
    app.addHook('onRoute', ({ url, method }) => {
      const methods = this.#methods.get(url) ?? new Set<string>()
      for (const one of [method].flat()) methods.add(one)
      this.#methods.set(url, methods)
    })
  }

  /** Answers all other methods of the noted paths with 405 and `Allow` (RFC 9110 15.5.6). */
  refuseOthers(app: FastifyInstance): void {
    for (const [url, methods] of [...this.#methods]) {
      const allow = [...methods].join(', ')
      app.route({
        url: url.slice(app.prefix.length),
        method: answered.filter((method) => !methods.has(method)),
        exposeHeadRoute: false,
        config: { netpulseScope: scopes },
        schema: { hide: true },
        handler: (request, reply) => {
          reply.header('allow', allow)
          throw apiError('METHOD_NOT_ALLOWED', `${request.method} is not allowed here; allowed: ${allow}.`)
        },
      })
    }
  }
}
