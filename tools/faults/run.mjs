// npm run test:faults -- [--list] [--only TEXT] [--soak SECONDS] [--seed N]
// Every fault in turn, then a randomised soak (60 seconds by default, 0 for none). Prints one line of JSON each.
import { parseArgs } from 'node:util'
import { redisSource } from '../test/redis-server.mjs'
import { runScenario } from './run-scenario.mjs'
import { scenarios } from './scenarios.mjs'
import { soak } from './soak.mjs'

const { values } = parseArgs({
  options: {
    list: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    soak: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})

const chosen = scenarios.filter(({ name }) => name.includes(values.only))
let failed = 0

function report(name, { violations, takeOverSeconds, ...rest }) {
  console.log(JSON.stringify({ fault: name, takeOverSeconds, ...rest, violations: violations.length }))
  for (const violation of violations) console.log(`  ${violation}`)
  if (violations.length > 0) failed++
}

const source = redisSource()
if (values.list) for (const { name } of scenarios) console.log(name)
else if (source.kind !== 'program')
  console.log(`Faults are not tried: they need a redis-server of their own (${source.reason ?? 'REDIS_URL is set'}).`)
else {
  for (const scenario of chosen) report(scenario.name, await runScenario(scenario))
  const [seed, seconds] = [Number(values.seed), Number(values.soak)]
  if (seconds > 0) report(`soak of ${seconds} s, seed ${seed}`, await soak({ seed, seconds }))
  console.log(`${failed === 0 ? 'all held' : `${failed} did not hold`}`)
}
process.exit(failed === 0 ? 0 : 1)
