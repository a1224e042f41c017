import type { Clock, DeviceId, NodeId } from '@netpulse/core'
import type { NodeLoad, Scheduler } from '@netpulse/plugin-sdk'
import type { NodeRegistry } from '@netpulse/queue'

/** Loads may be this old: the backend claims room in one atomic step, so an old view costs a second try at most. */
const freshMs = 1_000

export interface PlacementOptions {
  readonly nodes: Pick<NodeRegistry, 'rooms'>
  readonly scheduler: Scheduler
  readonly clock: Clock
  readonly random: () => number
}

/** Ranks the nodes for devices that no node holds. */
export class Placement {
  readonly #options: PlacementOptions
  #loads: readonly NodeLoad[] = []
  #readAtMs = -Infinity

  constructor(options: PlacementOptions) {
    this.#options = options
  }

  /** For each device the nodes that may take it: the scheduler's choice first, then the others by free room. */
  async place(devices: readonly DeviceId[]): Promise<ReadonlyMap<DeviceId, readonly NodeId[]>> {
    const loads = await this.#current()
    const ranked = byRoom(loads)
    if (loads.length < 2) return new Map(devices.map((device) => [device, ranked]))
    const { scheduler, random } = this.#options
    const unique = [...new Set(devices)]
    const chosen = scheduler.place(unique, loads, random)
    return new Map(unique.map((device, index) => [device, withFirst(chosen[index], ranked)]))
  }

  /** Nodes that take devices, most free room first. */
  async ranked(): Promise<readonly NodeId[]> {
    this.forget()
    return byRoom(await this.#current())
  }

  /** The next placement looks anew. */
  forget(): void {
    this.#readAtMs = -Infinity
  }

  async #current(): Promise<readonly NodeLoad[]> {
    const { nodes, clock } = this.#options
    const nowMs = clock.monotonicMs()
    if (nowMs - this.#readAtMs < freshMs) return this.#loads
    this.#loads = await nodes.rooms()
    this.#readAtMs = nowMs
    return this.#loads
  }
}

function byRoom(loads: readonly NodeLoad[]): readonly NodeId[] {
  const room = (load: NodeLoad): number => load.capacity - load.pinned
  return [...loads].sort((a, b) => room(b) - room(a)).map(({ node }) => node)
}

const withFirst = (first: NodeId | undefined, all: readonly NodeId[]): readonly NodeId[] =>
  first === undefined ? all : [first, ...all.filter((node) => node !== first)]
