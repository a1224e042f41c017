import { seededRandom } from '@netpulse/core/testing'

/** Numbers in [0, 1) that repeat for a seed, and choices by them. */
export function randomOf(seed) {
  const next = seededRandom(seed)
  return {
    next,
    below: (count) => Math.floor(next() * count),
    pick: (items) => items[Math.floor(next() * items.length)],
  }
}
