import type { Scheduler } from '@netpulse/plugin-sdk'
import { byName, candidatesOf, take } from './placements.js'

/** Fills the fullest node before it opens another: few nodes in use, and the others can be drained. */
export const greedy: Scheduler = {
  place(devices, nodes) {
    const order = candidatesOf(nodes).sort((a, b) => b.pinned - a.pinned || a.room - b.room || byName(a, b))
    let next = 0
    return devices.map(() => {
      while (order[next]?.room === 0) next++
      const candidate = order[next]
      return candidate === undefined ? undefined : take(candidate)
    })
  },
}
