import { completeConfig } from '@netpulse/config'
import { describe, expect, it } from 'vitest'
import { assignmentsOf } from '../../src/shares.js'

describe('the shares of the processes', () => {
  const rows: readonly {
    name: string
    worker: object
    cores: number
    shares: readonly (readonly [number, number])[]
  }[] = [
    {
      name: 'one per core',
      worker: { capacity: 10, concurrency: 4 },
      cores: 2,
      shares: [
        [5, 2],
        [5, 2],
      ],
    },
    { name: 'as many as named', worker: { processes: 1, capacity: 10, concurrency: 4 }, cores: 8, shares: [[10, 4]] },
    {
      name: 'whole parts that differ by one at most',
      worker: { processes: 3, capacity: 10, concurrency: 4 },
      cores: 1,
      shares: [
        [4, 2],
        [3, 1],
        [3, 1],
      ],
    },
    {
      name: 'none with nothing to do',
      worker: { capacity: 2, concurrency: 50 },
      cores: 16,
      shares: [
        [1, 25],
        [1, 25],
      ],
    },
    {
      name: 'a FIFO worker whatever the capacity',
      worker: { mode: 'fifo', processes: 2, capacity: 1, concurrency: 4 },
      cores: 1,
      shares: [
        [1, 2],
        [0, 2],
      ],
    },
  ]
  it.each(rows)('are $name', ({ worker, cores, shares }) => {
    const assignments = assignmentsOf(completeConfig({ worker }), cores)
    expect(assignments.map(({ capacity, concurrency }) => [capacity, concurrency])).toEqual(shares)
    expect(assignments.map(({ index }) => index)).toEqual(shares.map((_, index) => index))
  })

  it.each([
    { name: 'more processes than devices', worker: { processes: 4, capacity: 3 }, says: /worker\.processes 4 .*: 3\./ },
    { name: 'nothing to do', worker: { mode: 'none' as const }, says: /nothing to do/ },
  ])('refuse $name', ({ worker, says }) => {
    expect(() => assignmentsOf(completeConfig({ worker }), 2)).toThrow(says)
  })
})
