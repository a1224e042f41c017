import { once } from 'node:events'
import { createServer } from 'node:http'
import { leaksIn } from './marker.mjs'

/** Takes webhooks: some at once, some never. Their bodies must hold no secret; headers and paths are the request's own. */
export async function startReceiver() {
  const leaks = new Set()
  let count = 0
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      count++
      const text = Buffer.concat(chunks).toString()
      if (leaksIn(text).length > 0) leaks.add(text.slice(0, 500))
      if (!request.url.startsWith('/slow')) response.writeHead(count % 5 === 0 ? 500 : 204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    leaks,
    get count() {
      return count
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
