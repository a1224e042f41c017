import type { Scheduler } from '@netpulse/plugin-sdk'
import { greedy } from './greedy.js'
import { leastLoad, leastLoadRandom } from './least-load.js'
import { loadWeightedRandom } from './load-weighted-random.js'

/** The built-in schedulers, by the names that the reference gave them. */
export const schedulers = {
  greedy,
  least_load: leastLoad,
  least_load_random: leastLoadRandom,
  load_weighted_random: loadWeightedRandom,
} as const satisfies Record<string, Scheduler>

export type SchedulerName = keyof typeof schedulers

/** @defaultValue of every place that chooses a scheduler */
export const defaultScheduler: SchedulerName = 'load_weighted_random'
