import { seededRandom } from '@netpulse/core/testing'

/** Numbers that depend on nothing but the seed: the same seed gives the same simulation. */
export class Random {
  /** In [0, 1). */
  readonly next: () => number

  constructor(seed: number) {
    // Neighbouring seeds are to have nothing in common.
    this.next = seededRandom((Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ (seed >>> 13)) >>> 0)
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.int(0, items.length - 1)]!
  }
}
