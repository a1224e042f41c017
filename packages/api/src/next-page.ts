import type { FastifyReply, FastifyRequest } from 'fastify'

/** Tells where the next page is, as `X-Next-Cursor` and as a `Link` (RFC 8288). Nothing on the last one. */
export function linkNextPage(request: FastifyRequest, reply: FastifyReply, cursor: string | undefined): void {
  if (cursor === undefined) return
  const [path = '', query = ''] = request.url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set('cursor', cursor)
  reply.headers({ 'x-next-cursor': cursor, link: `<${path}?${parameters.toString()}>; rel="next"` })
}
