import { availableParallelism } from 'node:os'
import type { Config } from '@netpulse/config'
import { configError } from '@netpulse/config'
import type { Assignment } from './messages.js'

/** `total` in whole parts that differ by one at most; the first get more. */
function partsOf(total: number, count: number): readonly number[] {
  const [least, rest] = [Math.floor(total / count), total % count]
  return Array.from({ length: count }, (_, index) => least + (index < rest ? 1 : 0))
}

/**
 * What each process runs. Without a number there is one process per core, and never one with nothing to do.
 * @throws CONFIG_INVALID for `worker.mode none`, and for more processes than there is work for
 */
export function assignmentsOf({ worker }: Config, cores = availableParallelism()): readonly Assignment[] {
  const { mode = 'all', capacity, concurrency } = worker
  if (mode === 'none') throw configError('CONFIG_INVALID', 'worker.mode none leaves a worker nothing to do.')
  const least = Math.min(mode === 'fifo' ? Infinity : capacity, mode === 'node' ? Infinity : concurrency)
  const processes = worker.processes ?? Math.min(cores, least)
  if (processes > least)
    throw configError(
      'CONFIG_INVALID',
      `worker.processes ${processes} is more than worker.capacity or worker.concurrency can be split over: ${least}.`,
    )
  const [capacities, concurrencies] = [partsOf(capacity, processes), partsOf(concurrency, processes)]
  return capacities.map((one, index) => ({ index, mode, capacity: one, concurrency: concurrencies[index]! }))
}
