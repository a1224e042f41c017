import { describe, expect, it } from 'vitest'
import { describeRun, simulateSeed } from './simulate.js'

describe('nodes, controllers, devices and a store, with trouble of all kinds', () => {
  it('keep every promise, whatever the seed', { timeout: 180_000 }, async () => {
    const outcomes = new Set<string>()
    let struck = 0
    for (let seed = 1; seed <= 300; seed++) {
      const report = await simulateSeed(seed)
      if (report.violations.length > 0) expect.fail(describeRun(report))
      for (const outcome of report.outcomes.keys()) outcomes.add(outcome)
      struck += report.faults
    }
    // What never happens would not be tested.
    expect([...outcomes].sort()).toEqual([
      'canceled',
      'expired',
      'failed',
      'partial',
      'refused',
      'rolled_back',
      'succeeded',
      'unknown',
    ])
    expect(struck).toBeGreaterThan(300)
  })

  it('do the same again with the same seed', async () => {
    for (const seed of [3, 17, 42, 383]) {
      const [one, two] = [await simulateSeed(seed), await simulateSeed(seed)]
      expect(two.trace).toEqual(one.trace)
    }
  })

  it('do something else with another seed', async () => {
    expect((await simulateSeed(3)).trace).not.toEqual((await simulateSeed(4)).trace)
  })
})
