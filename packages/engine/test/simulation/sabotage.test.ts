import { describe, expect, it } from 'vitest'
import { sabotages } from './sabotage.js'
import { fixedScenarios } from './scenarios.js'
import { atEveryStep, simulate } from './simulate.js'
import type { Sabotage } from './sabotage.js'
import type { Scenario } from './world/scenario.js'

/** Modifications, a command of unknown effect and a refused line, on a device where each line is in force at once. */
const scenarios = [fixedScenarios[3]!, fixedScenarios[6]!]

const faults = [...new Set(sabotages.map(({ fault }) => fault))].filter((fault) => fault !== 'crash')

async function brokenIn(runs: readonly Scenario[], sabotage: Sabotage, until: string): Promise<readonly string[]> {
  const broken = new Set<string>()
  for (const run of runs) {
    for (const { invariant } of (await simulate(run, { sabotage })).violations) broken.add(invariant)
    if (broken.has(until)) break
  }
  return [...broken]
}

describe('the simulation', { timeout: 180_000 }, () => {
  it.each(sabotages)('notices when $name', async ({ breaks, fault, sabotage }) => {
    const runs = (await Promise.all(scenarios.map((scenario) => atEveryStep(scenario, 'n1', fault)))).flat()
    expect(await brokenIn(runs, sabotage, breaks)).toContain(breaks)
  })

  it.each(faults)('finds nothing in a %s when nothing is broken', async (fault) => {
    expect(await brokenIn(await atEveryStep(scenarios[0]!, 'n1', fault), {}, 'nothing')).toEqual([])
  })
})
