// npm run test:fuzz -- [--seed N] [--requests N] [--from N] [--redis]
// Requests made from the OpenAPI document, good and bad ones, at a server of its own. One line of JSON at the end.
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.mjs'
import { startWorld } from './world.mjs'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    requests: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
    redis: { type: 'boolean', default: false },
  },
})
const [seed, requests, from] = [values.seed, values.requests, values.from].map(Number)

// Whoever ends this run ends all that it started.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

console.log(`seed ${seed}`)
const world = await startWorld(values.redis ? 'redis' : 'embedded')
const startedAt = performance.now()
const { violations, ...report } = await fuzz(world, {
  seed,
  requests,
  from,
  onViolation: () => process.stdout.write('x'),
})
const seconds = Math.round((performance.now() - startedAt) / 100) / 10
for (const violation of violations) console.log(violation)
await world.stop()
console.log(JSON.stringify({ seed, requests, seconds, violations: violations.length, ...report }))
process.exit(violations.length === 0 ? 0 : 1)
