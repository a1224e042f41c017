import type { Page, PageRequest } from '@netpulse/queue'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Items that are read at once where a route goes through all of them. */
const pageSize = 500

/** Which page a query asks for. */
export const pageOf = ({
  limit = 100,
  cursor,
}: {
  readonly limit?: number
  readonly cursor?: string
}): PageRequest => ({
  limit,
  ...(cursor === undefined ? {} : { cursor }),
})

/** Headers of an answer that is a page, for the document. */
export const pageHeaders = {
  'X-Next-Cursor': { type: 'string', description: '`cursor` of the next page; absent on the last one.' },
  Link: { type: 'string', description: 'The next page as `rel="next"` (RFC 8288).' },
}

/** Tells where the next page is, as `X-Next-Cursor` and as a `Link` (RFC 8288). Nothing on the last one. */
export function linkNextPage(request: FastifyRequest, reply: FastifyReply, cursor: string | undefined): void {
  if (cursor === undefined) return
  const [path = '', query = ''] = request.url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set('cursor', cursor)
  reply.headers({ 'x-next-cursor': cursor, link: `<${path}?${parameters.toString()}>; rel="next"` })
}

/** A whole list, page by page. */
export async function* allPages<Item>(
  list: (page: PageRequest) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[], void, undefined> {
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await list({ limit: pageSize, ...(cursor === undefined ? {} : { cursor }) })
    yield page.items
    cursor = page.nextCursor
  }
}
