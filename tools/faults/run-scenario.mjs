import { check } from './checker.mjs'
import { openWorld } from './world.mjs'

/** Runs one scenario in a world of its own. */
export async function runScenario({ strike, expect = () => [], platforms, hasClock = false, ...expected }) {
  const world = await openWorld({ platforms, hasClock, processes: 1 })
  try {
    const faultAt = await strike(world)
    const report = await check(world, { ...expected, faultAt })
    const { violations, takeOverSeconds, held, ends } = report
    return { violations: [...violations, ...expect(world, report)], takeOverSeconds, held, ends }
  } finally {
    await world.stop()
  }
}
