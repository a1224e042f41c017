// npm run test:faults -- [--list] [--only TEXT] [--minutes M] [--seed N]
// Every fault in turn, then a randomised soak of M minutes (1 by default, 0 for none). One line of JSON each.
import { parseArgs } from 'node:util'
import { redisSource } from '../test/redis-server.mjs'
import { runScenario } from './run-scenario.mjs'
import { scenarios } from './scenarios/index.mjs'
import { soak } from './soak.mjs'

const { values } = parseArgs({
  options: {
    list: { type: 'boolean', default: false },
    only: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})

/** A choice of faults is without the soak, unless it is asked for. */
const minutes = Number(values.minutes ?? (values.only === undefined ? 1 : 0))
const chosen = scenarios.filter(({ name }) => name.includes(values.only ?? ''))
let failed = 0

/** Violations that are printed in full; one cause often breaks many jobs. */
const shown = 10

async function report(name, run) {
  const startedAt = Date.now()
  const { violations, ...rest } = await run()
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  console.log(JSON.stringify({ fault: name, ok: violations.length === 0, ...rest, seconds }))
  for (const violation of violations.slice(0, shown)) console.log(`  ${violation}`)
  if (violations.length > shown) console.log(`  and ${violations.length - shown} more`)
  if (violations.length > 0) failed++
}

/** What goes wrong with the world itself fails the scenario, and the others are tried all the same. */
const orBroken = (run) => async () => {
  try {
    return await run()
  } catch (error) {
    return { violations: [error.stack] }
  }
}

async function runAll() {
  for (const { skip, ...scenario } of chosen) {
    if (skip !== undefined) console.log(JSON.stringify({ fault: scenario.name, skipped: skip }))
    else
      await report(
        scenario.name,
        orBroken(() => runScenario(scenario)),
      )
  }
  const seed = Number(values.seed)
  if (minutes > 0)
    await report(
      `soak of ${minutes} min, seed ${seed}`,
      orBroken(() => soak({ seed, minutes })),
    )
  console.log(failed === 0 ? 'all held' : `${failed} did not hold`)
}

// Whoever ends this run ends all that it started.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const source = redisSource()
if (values.list) for (const { name, skip } of scenarios) console.log(skip === undefined ? name : `${name}: ${skip}`)
else if (source.kind === 'program') await runAll()
else
  console.log(`Faults are not tried: they need a redis-server of their own (${source.reason ?? 'REDIS_URL is set'}).`)
process.exit(failed === 0 ? 0 : 1)
