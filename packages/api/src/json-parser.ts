import type { FastifyInstance } from 'fastify'

/**
 * Takes JSON and nothing else. Refuses `__proto__` and `constructor.prototype`. A DELETE with a content type and no
 * body, as some clients send it, has no body.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && request.method === 'DELETE') done(null, undefined)
    else void parse(request, body, done)
  })
}
