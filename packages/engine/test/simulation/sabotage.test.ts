import { describe, expect, it } from 'vitest'
import { sabotages } from './sabotage.js'
import { simulateSeed } from './simulate.js'

/** Seeds after which a broken part must have been noticed. */
const mostSeeds = 400

describe('the simulation notices that', { timeout: 60_000 }, () => {
  it.each(sabotages)('$name', async ({ breaks, sabotage }) => {
    const broken = new Set<string>()
    for (let seed = 1; seed <= mostSeeds && !broken.has(breaks); seed++) {
      const { violations } = await simulateSeed(seed, { sabotage })
      for (const { invariant } of violations) broken.add(invariant)
    }
    expect([...broken]).toContain(breaks)
  })
})
