import type { NodeId } from '@netpulse/core'
import type { NodeLoad } from '@netpulse/plugin-sdk'

/** A node while a batch is placed. */
export interface Candidate {
  readonly node: NodeId
  pinned: number
  /** Devices that it may still take; above 0 while it is a candidate. */
  room: number
}

/** Nodes with room, as they are now. */
export function candidatesOf(nodes: readonly NodeLoad[]): Candidate[] {
  return nodes
    .filter(({ pinned, capacity }) => pinned < capacity)
    .map(({ node, pinned, capacity }) => ({ node, pinned, room: capacity - pinned }))
}

export const byName = (a: Candidate, b: Candidate): number => (a.node < b.node ? -1 : a.node > b.node ? 1 : 0)

/** Counts a device in. */
export function take(candidate: Candidate): NodeId {
  candidate.pinned++
  candidate.room--
  return candidate.node
}
