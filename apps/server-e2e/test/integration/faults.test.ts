import { describe, expect, it } from 'vitest'
import { runScenario } from '../../../../tools/faults/run-scenario.mjs'
import { scenarios } from '../../../../tools/faults/scenarios/index.mjs'
import { soak } from '../../../../tools/faults/soak.mjs'
import { redisSource } from '../../../../tools/test/redis-server.mjs'

/** A part of `npm run test:faults` that ends within a few minutes. */
const bounded = [
  'a worker with all its processes is killed between two lines (cisco_iosxe)',
  'a node process is killed at the commit (juniper_junos)',
  'a worker is killed while a result is written, which is lost',
  'a controller is killed while it takes a bulk in',
  'Redis is killed and comes back from its append-only file',
  'a worker is cut off from Redis, not from the devices',
]

/** Twice the promise: the machine may have other work. */
const limitSeconds = 30

const source = redisSource()
const title =
  source.kind === 'program' ? 'faults' : 'faults (skipped: they need a redis-server of their own, see tools/faults)'

describe.skipIf(source.kind !== 'program')(title, () => {
  it.each(bounded)('%s: nothing is lost, nothing is applied twice', { timeout: 120_000 }, async (name) => {
    const scenario = scenarios.find((one) => one.name === name)
    if (scenario === undefined) throw new Error(`There is no scenario "${name}".`)
    const { violations, ends } = await runScenario({ ...scenario, limitSeconds })
    expect(violations).toEqual([])
    expect(ends['finished/succeeded']).toBeGreaterThan(0)
  })

  it('a random mix of all of them', { timeout: 180_000 }, async () => {
    const { violations, jobs } = await soak({ seed: 20_261, minutes: 1 / 3 })
    expect(violations).toEqual([])
    expect(jobs).toBeGreaterThan(20)
  })
})
