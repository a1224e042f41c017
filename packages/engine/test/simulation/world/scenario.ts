import type { DeviceKind } from '../net/sim-device.js'
import type { WakeOrder } from './sim-process.js'

/** What a client asks for. */
export interface SimJob {
  readonly atMs: number
  /** `j1`, `j2`, ...: in every line and command of the job. */
  readonly name: string
  readonly host: string
  /** `fifo`: a query with a connection of its own. */
  readonly type: 'query' | 'fifo' | 'opaque' | 'config'
  readonly lines: readonly string[]
  readonly user: string
  readonly save?: boolean
  readonly ttlSeconds?: number
}

/** What a client, an operator or the machinery does beside submitting. */
export type SimAction =
  | { readonly atMs: number; readonly type: 'cancel'; readonly job: string }
  /** Shuts a process down in peace. */
  | { readonly atMs: number; readonly type: 'drain'; readonly process: string }
  | { readonly atMs: number; readonly type: 'hang_up'; readonly host: string }
  /** Ends the worker that holds a device. */
  | { readonly atMs: number; readonly type: 'end_worker'; readonly host: string }

/** What goes wrong, at a step or at a time. */
export type SimFault = { readonly process: string } & ({ readonly step: number } | { readonly atMs: number }) &
  (
    | { readonly type: 'crash'; readonly restartMs?: number }
    /** Stands still, timers and all, then goes on. */
    | { readonly type: 'pause'; readonly forMs: number; readonly wakes: WakeOrder }
    /** Does not reach the store; the devices it does. */
    | { readonly type: 'cut'; readonly forMs: number; readonly how: 'refuse' | 'hang' }
    /** A call was carried out, its answer did not come. */
    | { readonly type: 'lose_answer' }
    | { readonly type: 'clock_step'; readonly byMs: number }
  )

export interface Scenario {
  readonly name: string
  readonly seed: number
  readonly nodes: number
  readonly controllers: number
  readonly devices: readonly { readonly host: string; readonly kind: DeviceKind }[]
  readonly jobs: readonly SimJob[]
  readonly actions: readonly SimAction[]
  readonly faults: readonly SimFault[]
  /** Devices that a node may hold, and how long it keeps a session that nobody uses. */
  readonly capacity: number
  readonly idleTimeoutSeconds: number
  /** Longest way of a message, and longest time that a device works on an input. Milliseconds. */
  readonly latencyMs: number
  readonly workMs: number
}
