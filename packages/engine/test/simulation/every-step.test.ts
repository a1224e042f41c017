import { describe, expect, it } from 'vitest'
import { fixedScenarios } from './scenarios.js'
import { atEveryStep, describeRun, simulate } from './simulate.js'
import type { Scenario } from './world/scenario.js'

/** Longest time until all has ended after a kill: what `reliability.md` promises. */
const promiseMs = 15_000

async function keepsEveryPromise(scenarios: readonly Scenario[]): Promise<void> {
  // A handful of steps would mean that the process did nothing.
  expect(scenarios.length).toBeGreaterThan(10)
  for (const scenario of scenarios) {
    const report = await simulate(scenario)
    if (report.violations.length > 0) expect.fail(describeRun(report))
    expect(report.faults).toBe(1)
    expect(report.settledAfterMs).toBeLessThan(promiseMs)
  }
}

// The other kinds of trouble, and the third kind of device, are tried by `tools/faults/simulate.mjs --every-step`.
const tried = fixedScenarios.filter(({ devices }) => devices[0]!.kind !== 'confirmed')

describe.each(tried)('$name', { timeout: 180_000 }, (scenario) => {
  it('survives the end of its node at every step', async () => {
    await keepsEveryPromise(await atEveryStep(scenario, 'n1', 'crash'))
  })

  it('survives the end of its controller at every step', async () => {
    await keepsEveryPromise(await atEveryStep(scenario, 'c1', 'crash and restart'))
  })
})
