import type { CancelTimer, Clock, DeviceId, Incarnation, NodeId } from '@netpulse/core'
import type { Lease, NodeInfo, NodeRoom, NodeState, WorkerReport } from '../backend.js'
import { queueError } from '../errors.js'

/** One life of a node. */
export interface Life {
  info: NodeInfo
  report: () => readonly WorkerReport[]
  lastHeartbeatAt: Date
  readonly devices: Set<DeviceId>
  /** Takes no further device. */
  draining: boolean
  /** Not trusted any more. */
  fenced: boolean
  cancelTimer: CancelTimer
}

/** Grants per start of the store: the token is this times the number of the start, plus one per grant. */
const tokensPerEpoch = 2 ** 32

/** Lives of nodes and the devices that they hold. In memory only: no life outlasts the process. */
export class Lives {
  readonly #clock: Clock
  readonly #leaseTtlMs: number
  readonly #onFenced: (life: Life) => void
  readonly #lives = new Map<Incarnation, Life>()
  readonly #byNode = new Map<NodeId, Life>()
  readonly #leases = new Map<DeviceId, Lease>()
  #nextToken = 1
  /** Devices that lost their holder; those of them with waiting jobs need a new one. */
  readonly orphans = new Set<DeviceId>()

  constructor(clock: Clock, leaseTtlMs: number, onFenced: (life: Life) => void) {
    this.#clock = clock
    this.#leaseTtlMs = leaseTtlMs
    this.#onFenced = onFenced
  }

  /** Tokens of this start are above those of every earlier one. */
  startEpoch(epoch: number): void {
    this.#nextToken = epoch * tokensPerEpoch + 1
  }

  /** @throws LEASE_LOST when this incarnation was fenced before */
  register(info: NodeInfo, report: () => readonly WorkerReport[]): void {
    const known = this.#lives.get(info.incarnation)
    if (known?.fenced === true) {
      throw queueError('LEASE_LOST', `Incarnation ${info.incarnation} of node ${info.node} is over; start a new one.`)
    }
    const before = this.#byNode.get(info.node)
    if (before !== undefined && before !== known) this.#fence(before)
    const lastHeartbeatAt = this.#clock.now()
    const state = { devices: new Set<DeviceId>(), draining: false, fenced: false, cancelTimer: noTimer }
    const fresh = { info, report, lastHeartbeatAt, ...state }
    const life: Life = known === undefined ? fresh : Object.assign(known, { info, report, lastHeartbeatAt })
    this.#lives.set(info.incarnation, life)
    this.#byNode.set(info.node, life)
    this.#arm(life)
  }

  /** Whether the incarnation is trusted. */
  beat(incarnation: Incarnation): boolean {
    const life = this.find(incarnation)
    if (life === undefined) return false
    life.lastHeartbeatAt = this.#clock.now()
    this.#arm(life)
    return true
  }

  /** A life that is trusted. */
  find(incarnation: Incarnation): Life | undefined {
    const life = this.#lives.get(incarnation)
    return life === undefined || life.fenced ? undefined : life
  }

  /** @throws LEASE_LOST */
  get(incarnation: Incarnation): Life {
    const life = this.find(incarnation)
    if (life === undefined) throw queueError('LEASE_LOST', `Incarnation ${incarnation} is not registered, or was lost.`)
    return life
  }

  list(): readonly NodeState[] {
    const trusted = [...this.#lives.values()].filter((life) => !life.fenced)
    return trusted.map(({ info, report, lastHeartbeatAt, devices }) => ({
      ...info,
      pinned: devices.size,
      lastHeartbeatAt,
      workers: report(),
    }))
  }

  /** The trusted lives that take devices. */
  rooms(): readonly NodeRoom[] {
    return [...this.#byNode.values()]
      .filter(({ draining }) => !draining)
      .map(({ info, devices }) => ({ node: info.node, pinned: devices.size, capacity: info.capacity }))
  }

  /** Ends a life: its devices have no holder from here on. */
  end(incarnation: Incarnation): void {
    const life = this.find(incarnation)
    if (life !== undefined) this.#fence(life)
  }

  /** Forgets the lives that were fenced; how many there were is what a reaper reports. */
  takeFenced(): readonly Incarnation[] {
    const fenced = [...this.#lives.values()].filter((life) => life.fenced).map(({ info }) => info.incarnation)
    for (const incarnation of fenced) this.#lives.delete(incarnation)
    return fenced
  }

  leaseOf(device: DeviceId): Lease | undefined {
    return this.#leases.get(device)
  }

  leasesOf(incarnation: Incarnation): readonly Lease[] {
    return [...(this.find(incarnation)?.devices ?? [])].map((device) => this.#leases.get(device)!)
  }

  isCurrent(lease: Lease): boolean {
    const current = this.#leases.get(lease.device)
    return current !== undefined && current.token === lease.token && current.incarnation === lease.incarnation
  }

  /** Gives the device to the first of the nodes that lives and has room. */
  grant(device: DeviceId, nodes: readonly NodeId[]): Lease | undefined {
    for (const node of nodes) {
      const life = this.#byNode.get(node)
      if (life === undefined || life.draining || life.devices.size >= life.info.capacity) continue
      const lease: Lease = { device, node, incarnation: life.info.incarnation, token: this.#nextToken++ }
      this.#leases.set(device, lease)
      life.devices.add(device)
      this.orphans.delete(device)
      return lease
    }
    return undefined
  }

  /** Nodes with the most room first. */
  byRoom(nodes: readonly NodeId[]): readonly NodeId[] {
    const room = (node: NodeId): number => {
      const life = this.#byNode.get(node)
      return life === undefined ? 0 : life.info.capacity - life.devices.size
    }
    return [...nodes].sort((a, b) => room(b) - room(a))
  }

  drop(lease: Lease): void {
    this.#leases.delete(lease.device)
    this.#lives.get(lease.incarnation)?.devices.delete(lease.device)
  }

  stop(): void {
    for (const life of this.#lives.values()) life.cancelTimer()
  }

  #arm(life: Life): void {
    life.cancelTimer()
    life.cancelTimer = this.#clock.setTimer(this.#leaseTtlMs, () => this.#fence(life))
  }

  #fence(life: Life): void {
    life.cancelTimer()
    life.fenced = true
    if (this.#byNode.get(life.info.node) === life) this.#byNode.delete(life.info.node)
    for (const device of life.devices) {
      this.#leases.delete(device)
      this.orphans.add(device)
    }
    life.devices.clear()
    this.#onFenced(life)
  }
}

const noTimer = (): void => undefined
