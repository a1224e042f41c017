import type { DeviceId, NodeId } from '@netpulse/core'

/** Names of workers, unique among all nodes: several may run on one host. */
export const nodeWorkerName = (node: NodeId): string => `node@${node}`
export const fifoWorkerName = (node: NodeId): string => `fifo@${node}`
export const pinnedWorkerName = (node: NodeId, device: DeviceId): string => `pinned/${device}@${node}`
