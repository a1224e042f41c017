import type { JobKind, QueueStrategy } from '@netpulse/core'

/**
 * Where a job waits: `work`, taken by any FIFO worker, many at once; or its device's mailbox, one at a time in order.
 * The kind decides: only a query may skip the device's order, and only when it asked for a connection of its own.
 */
export type Lane = 'work' | 'device'

export const laneOf = (job: { readonly kind: JobKind; readonly strategy: QueueStrategy }): Lane =>
  job.kind === 'query' && job.strategy === 'fifo' ? 'work' : 'device'

/** Queue name as clients of the reference know it. */
export const queueNameOf = (lane: Lane, host: string): string => (lane === 'work' ? 'FifoQ' : `HostQ_${host}`)
