import { check } from './checker.mjs'
import { openWorld } from './world.mjs'

/** Runs one scenario in a world of its own. */
export async function runScenario({ platforms, strike, settleMs = 0 }) {
  const world = await openWorld({ platforms })
  try {
    const faultAt = await strike(world)
    if (settleMs > 0) await new Promise((resolve) => setTimeout(resolve, settleMs))
    return { ...(await check(world, { faultAt })), jobs: world.accepted.length }
  } finally {
    await world.stop()
  }
}
