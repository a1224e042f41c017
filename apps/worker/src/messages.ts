import type { Config } from '@netpulse/config'
import type { ErrorData } from '@netpulse/core'
import type { MetricsSnapshot } from '@netpulse/metrics'

/** What one process is to run. */
export interface Assignment {
  /** Tells the nodes of one folder apart, from 0. */
  readonly index: number
  readonly mode: 'all' | 'node' | 'fifo'
  /** The process's share of all processes' `capacity` and `concurrency`. */
  readonly capacity: number
  readonly concurrency: number
}

/** From the supervisor to a process. */
export type Order =
  | { readonly type: 'start'; readonly config: Config; readonly assignment: Assignment }
  /** Let running jobs end within the drain timeout, then end. */
  | { readonly type: 'drain' }
  /** Report your metrics. */
  | { readonly type: 'measure' }

/** From a process to its supervisor. */
export type Report =
  /** It could not start. */
  | { readonly type: 'failed'; readonly error: ErrorData }
  /** Once a second from the start on: whether its node is registered and may talk to devices. */
  | { readonly type: 'state'; readonly trusted: boolean }
  /** Its metrics, when it was asked. */
  | { readonly type: 'metrics'; readonly snapshot: MetricsSnapshot }
