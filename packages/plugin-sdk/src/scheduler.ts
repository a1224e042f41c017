import type { DeviceId, NodeId } from '@netpulse/core'
import type { PluginManifest } from './manifest.js'

/** A node that may take devices. */
export interface NodeLoad {
  readonly node: NodeId
  /** Devices pinned to it now. */
  readonly pinned: number
  /** Devices that it may hold. */
  readonly capacity: number
}

/**
 * A pure choice of nodes for devices. It ranks; the queue backend claims capacity and lease in one step.
 * A third party's scheduler has this shape.
 */
export interface Scheduler {
  /** One node per device, in order; `undefined` where no node has room. `random` gives numbers in [0, 1). */
  place(devices: readonly DeviceId[], nodes: readonly NodeLoad[], random: () => number): readonly (NodeId | undefined)[]
}

export type SchedulerManifest = PluginManifest<'scheduler', Scheduler>
