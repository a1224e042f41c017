// One process of a cluster, forked with its role and settings as JSON: a controller with the HTTP API, or a worker.
// Its log goes to stderr, one line of JSON per entry.
import { fileURLToPath } from 'node:url'
import { createApiKeyStore, createServer } from '@netpulse/api'
import { createNetPulse } from '@netpulse/engine'

const { role, ...options } = JSON.parse(process.argv[2])
const appDir = fileURLToPath(new URL('../../../apps/server', import.meta.url))
const write = (level) => (fields, message) =>
  void process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`)
// A line per request would be measured too; no server logs them by default.
const logger = { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') }
const work = role === 'controller' ? { work: 'none' } : {}
const netpulse = await createNetPulse({ appDir, logger, ...options, ...work })

async function listen() {
  const keys = await createApiKeyStore(undefined)
  const { key } = await keys.create({ name: 'cluster', role: 'admin' })
  const app = await createServer({ netpulse, logger, authenticate: (given) => keys.authenticate(given) })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { url: `http://127.0.0.1:${app.server.address().port}`, key }
}

const told = role === 'controller' ? await listen() : {}
process.on('message', (question) => {
  if (question === 'usage') process.send({ cpu: process.cpuUsage(), memory: process.memoryUsage() })
  if (question === 'collect') {
    globalThis.gc?.()
    process.send({})
  }
})
process.on('disconnect', () => process.exit())
process.send(told)
