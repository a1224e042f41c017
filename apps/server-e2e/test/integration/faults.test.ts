import { describe, expect, it } from 'vitest'
import { runScenario } from '../../../../tools/faults/run-scenario.mjs'
import { scenarios } from '../../../../tools/faults/scenarios.mjs'
import { soak } from '../../../../tools/faults/soak.mjs'
import { redisSource } from '../../../../tools/test/redis-server.mjs'

/** A part of `npm run test:faults` that ends within a few minutes. */
const bounded = [
  'a worker is killed after the login (cisco_iosxe)',
  'a worker is killed between two lines (cisco_iosxe)',
  'a worker is killed between two lines (juniper_junos)',
  'a worker is killed at the commit (juniper_junos)',
  'a worker is killed while a result is written, which is lost',
  'a controller is killed while it takes a bulk in',
  'Redis is killed and comes back from its append-only file',
  'a worker is cut off from Redis, not from the devices',
]

const source = redisSource()
const title = source.kind === 'program' ? 'faults' : 'faults (skipped: they need a redis-server of their own)'

describe.skipIf(source.kind !== 'program')(title, () => {
  it.each(bounded)('%s: nothing is lost, nothing is applied twice', { timeout: 120_000 }, async (name) => {
    const scenario = scenarios.find((one) => one.name === name)
    const { violations, jobs, ends } = await runScenario(scenario!)
    expect(violations).toEqual([])
    expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBe(jobs)
    expect(jobs).toBeGreaterThan(0)
  })

  it('a random mix of all of them', { timeout: 180_000 }, async () => {
    const { violations, jobs } = await soak({ seed: 20_261, seconds: 20 })
    expect(violations).toEqual([])
    expect(jobs).toBeGreaterThan(20)
  })
})
