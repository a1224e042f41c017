import { asDeviceId, asNodeId } from '@netpulse/core'
import type { NodeLoad } from '@netpulse/plugin-sdk'
import { describe, expect, it } from 'vitest'
import { schedulers } from '../../src/schedulers.js'
import { seededRandom } from '@netpulse/core/testing'

const devices = (count: number) => Array.from({ length: count }, (_, index) => asDeviceId(`d${index}`))
const nodes = (loads: [pinned: number, capacity: number][]): NodeLoad[] =>
  loads.map(([pinned, capacity], index) => ({ node: asNodeId(`n${index}`), pinned, capacity }))

function countsOf(placed: readonly (string | undefined)[], size: number): number[] {
  return Array.from({ length: size }, (_, index) => placed.filter((node) => node === `n${index}`).length)
}

describe('greedy', () => {
  it('fills the fullest node first', () => {
    const placed = schedulers.greedy.place(
      devices(5),
      nodes([
        [0, 10],
        [7, 10],
        [10, 10],
      ]),
      Math.random,
    )
    expect(countsOf(placed, 3)).toEqual([2, 3, 0])
  })
})

describe('least_load', () => {
  it('spreads a batch evenly instead of packing the first node', () => {
    const placed = schedulers.least_load.place(
      devices(9),
      nodes([
        [0, 10],
        [0, 10],
        [0, 10],
      ]),
      Math.random,
    )
    expect(countsOf(placed, 3)).toEqual([3, 3, 3])
  })

  it('levels nodes that differ, and prefers room among equals', () => {
    const placed = schedulers.least_load.place(
      devices(4),
      nodes([
        [3, 10],
        [0, 10],
        [0, 20],
      ]),
      Math.random,
    )
    expect(placed[0]).toBe('n2')
    expect(countsOf(placed, 3)).toEqual([0, 2, 2])
  })
})

describe('least_load_random', () => {
  it('uses nodes with less room before it refuses a device', () => {
    const placed = schedulers.least_load_random.place(
      devices(6),
      nodes([
        [0, 4],
        [0, 1],
        [0, 1],
      ]),
      seededRandom(1),
    )
    expect(countsOf(placed, 3)).toEqual([4, 1, 1])
  })

  it('does not always choose the same among equals', () => {
    const equal = nodes(Array.from({ length: 10 }, () => [0, 10]))
    const chosen = new Set(
      Array.from(
        { length: 50 },
        (_, seed) => schedulers.least_load_random.place(devices(1), equal, seededRandom(seed))[0],
      ),
    )
    expect(chosen.size).toBeGreaterThan(5)
  })
})

describe('load_weighted_random', () => {
  it('gives an emptier node clearly more', () => {
    const [full, empty] = countsOf(
      schedulers.load_weighted_random.place(
        devices(100),
        nodes([
          [900, 1000],
          [0, 1000],
        ]),
        seededRandom(5),
      ),
      2,
    )
    expect(empty).toBeGreaterThan(90)
    expect(full! + empty!).toBe(100)
  })

  it('spreads a batch over equal nodes', () => {
    const counts = countsOf(
      schedulers.load_weighted_random.place(
        devices(3000),
        nodes([
          [0, 2000],
          [0, 2000],
          [0, 2000],
        ]),
        seededRandom(9),
      ),
      3,
    )
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(100)
  })
})
