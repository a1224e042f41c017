import type { NodeId } from '@netpulse/core'
import type { Scheduler } from '@netpulse/plugin-sdk'
import { Heap } from './heap.js'
import type { Candidate } from './placements.js'
import { byName, candidatesOf, take } from './placements.js'

/** Each device to the first candidate of the heap, which then finds its new place. */
function placeFromHeap(count: number, heap: Heap<Candidate>): (NodeId | undefined)[] {
  return Array.from({ length: count }, () => {
    const candidate = heap.first
    if (candidate === undefined) return undefined
    const node = take(candidate)
    if (candidate.room > 0) heap.firstChanged()
    else heap.removeFirst()
    return node
  })
}

/** Fewest devices first, then most room, then by name. A batch spreads: each device counts for the next. */
export const leastLoad: Scheduler = {
  place(devices, nodes) {
    const before = (a: Candidate, b: Candidate): boolean => (a.pinned - b.pinned || b.room - a.room || byName(a, b)) < 0
    return placeFromHeap(devices.length, new Heap(candidatesOf(nodes), before))
  },
}

/** As `leastLoad`, with equals in an order drawn anew each time: controllers that choose at once do not all agree. */
export const leastLoadRandom: Scheduler = {
  place(devices, nodes, random) {
    const candidates = candidatesOf(nodes)
    const lot = new Map(candidates.map((candidate) => [candidate, random()]))
    const before = (a: Candidate, b: Candidate): boolean =>
      (a.pinned - b.pinned || b.room - a.room || lot.get(a)! - lot.get(b)! || byName(a, b)) < 0
    return placeFromHeap(devices.length, new Heap(candidates, before))
  },
}
