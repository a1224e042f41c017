import { join } from 'node:path'
import { createServer } from '@netpulse/api'
import { createNetPulse } from '@netpulse/engine'
import { createMetrics } from '@netpulse/metrics'
import { root } from '../setup/prepare.mjs'

const methods = ['get', 'post', 'put', 'patch', 'delete']

const sorted = (object, order = (a, b) => (a < b ? -1 : 1)) =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => order(a, b)))

/** The same text whatever order routes and plugins were registered in. */
function inStableOrder({ openapi, info, servers, tags, security, paths, components, ...rest }) {
  const operations = Object.entries(paths).map(([path, item]) => [
    path,
    sorted(item, (a, b) => methods.indexOf(a) - methods.indexOf(b)),
  ])
  return {
    ...{ openapi, info, servers, tags, security },
    paths: sorted(Object.fromEntries(operations)),
    components: { ...components, schemas: sorted(components.schemas) },
    ...rest,
  }
}

/** The OpenAPI document of a server with the built-in drivers and the default settings. Nothing listens. */
export async function openApiDocument() {
  const netpulse = await createNetPulse({ store: 'memory:', appDir: join(root, 'apps/server') })
  const app = await createServer({ netpulse, authenticate: () => undefined, metrics: createMetrics() })
  try {
    const answer = await app.inject('/openapi.json')
    if (answer.statusCode !== 200) throw new Error(`/openapi.json answered ${answer.statusCode}: ${answer.body}`)
    return inStableOrder(answer.json())
  } finally {
    await app.close()
    await netpulse.close()
  }
}
