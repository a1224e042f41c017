import type { Scheduler } from '@netpulse/plugin-sdk'
import { candidatesOf, take } from './placements.js'
import { WeightTree } from './weight-tree.js'

/** Room counts squared, so that an emptier node wins clearly; one more, so that the last place counts too. */
const weightOf = (room: number): number => (room === 0 ? 0 : (room + 1) ** 2)

/**
 * Draws a node for each device, the more likely the more room it has. Controllers that choose at once rarely choose
 * alike, and a batch spreads by itself. The default.
 */
export const loadWeightedRandom: Scheduler = {
  place(devices, nodes, random) {
    const candidates = candidatesOf(nodes)
    const weights = new WeightTree(candidates.map(({ room }) => weightOf(room)))
    return devices.map(() => {
      if (weights.total === 0) return undefined
      const index = weights.draw(random())
      const candidate = candidates[index]!
      const node = take(candidate)
      weights.set(index, weightOf(candidate.room))
      return node
    })
  },
}
