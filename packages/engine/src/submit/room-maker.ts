import type { Clock, NodeId } from '@netpulse/core'
import type { NodeCommands, NodeRegistry, NodeRoom } from '@netpulse/queue'
import { toJson } from '../work/node-command.js'

/** How often, and how many times, the nodes are looked at after they were asked. Milliseconds. */
const lookEveryMs = 100
const looks = 10

export interface RoomMakerOptions {
  readonly nodes: Pick<NodeRegistry, 'rooms'>
  readonly commands: Pick<NodeCommands, 'send'>
  /** The node of this process, when there is one. */
  readonly own: NodeId | undefined
  readonly evictOwn: (count: number) => Promise<void>
  readonly clock: Clock
}

/** Makes room for devices on nodes that are full, by devices that rest. */
export class RoomMaker {
  readonly #options: RoomMakerOptions

  constructor(options: RoomMakerOptions) {
    this.#options = options
  }

  /** Resolves when there is room, or after a second at most. */
  async makeRoom(count: number): Promise<void> {
    const { nodes, commands, own, evictOwn } = this.#options
    await evictOwn(count)
    const rooms = await nodes.rooms()
    const others = rooms.filter(({ node, pinned }) => node !== own && pinned > 0)
    if (others.length === 0 || rooms.some(hasRoom)) return
    const each = Math.ceil(count / others.length)
    await Promise.all(others.map(({ node }) => commands.send(node, toJson({ type: 'make_room', count: each }))))
    for (let look = 0; look < looks; look++) {
      await new Promise<void>((resolve) => this.#options.clock.setTimer(lookEveryMs, resolve))
      if ((await nodes.rooms()).some(hasRoom)) return
    }
  }
}

const hasRoom = ({ pinned, capacity }: NodeRoom): boolean => pinned < capacity
