import type { JsonObject } from '@netpulse/core'

/** An order to a node, as it travels through the queue backend. */
export type NodeCommand =
  /** End a worker: a pinned one gives its device up, the FIFO worker takes no further job, the node's ends the node. */
  | { readonly type: 'end_worker'; readonly name: string }
  /** Give up devices that rest, so that others find room. */
  | { readonly type: 'make_room'; readonly count: number }

/** The command as the backend carries it. */
export const toJson = (command: NodeCommand): JsonObject => ({ ...command })

/** `undefined`: of a newer version, not for us. */
export function commandOf({ type, name, count }: JsonObject): NodeCommand | undefined {
  if (type === 'end_worker' && typeof name === 'string') return { type, name }
  if (type === 'make_room' && typeof count === 'number') return { type, count }
  return undefined
}
