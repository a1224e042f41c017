import type { DeviceId, Incarnation } from '@netpulse/core'
import type { Delivery, DeviceHold, DeviceHolds, DeviceMailboxes, Lease, Leases } from '../backend.js'
import type { JobEntry } from './job-entry.js'
import type { Kernel } from './kernel.js'
import type { KernelSlot } from './kernel-slot.js'

/** The devices' order in the in-process backend. */
export class InProcessMailboxes implements DeviceMailboxes {
  readonly #slot: KernelSlot

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  async take(lease: Lease, worker: string): Promise<Delivery | undefined> {
    const kernel = this.#kernel
    kernel.assertOpen()
    kernel.assertHeld(lease)
    const entry = this.#next(lease.device)
    if (entry === undefined) return undefined
    const holder = { incarnation: lease.incarnation, token: lease.token }
    const claim = kernel.moves.start(entry, holder, { worker, node: lease.node })
    const delivery: Delivery = { job: entry.record!, claim, signal: entry.abort!.signal }
    await kernel.commit.settled()
    return delivery
  }

  onWork(incarnation: Incarnation, listener: (device: DeviceId) => void): () => void {
    const leave = this.#kernel.wakes.listen(incarnation, listener)
    for (const { device } of this.#kernel.lives.leasesOf(incarnation)) {
      if ((this.#kernel.state.devices.get(device)?.waiting ?? 0) > 0) this.#kernel.wakes.device(device, incarnation)
    }
    return leave
  }

  #next(device: DeviceId): JobEntry | undefined {
    for (;;) {
      const lane = this.#kernel.state.devices.get(device)
      if (lane === undefined || lane.running !== undefined) return undefined
      const entry = lane.next()
      if (entry === undefined) return undefined
      if (this.#kernel.expireWhenDue(entry)) continue
      return (entry.dueMs ?? 0) <= this.#kernel.now().getTime() ? entry : undefined
    }
  }
}

/** Leases of the in-process backend. */
export class InProcessLeases implements Leases {
  readonly #slot: KernelSlot

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  async find(device: DeviceId): Promise<Lease | undefined> {
    this.#kernel.assertOpen()
    return this.#kernel.lives.leaseOf(device)
  }

  async heldBy(incarnation: Incarnation): Promise<readonly Lease[]> {
    this.#kernel.assertOpen()
    return this.#kernel.lives.leasesOf(incarnation)
  }

  async release(lease: Lease): Promise<boolean> {
    this.#kernel.assertOpen()
    const lane = this.#kernel.state.devices.get(lease.device)
    const isBusy = lane !== undefined && (lane.waiting > 0 || lane.running !== undefined)
    if (isBusy || !this.#kernel.lives.isCurrent(lease)) return false
    this.#kernel.lives.drop(lease)
    return true
  }
}

/** Holds of the in-process backend. */
export class InProcessHolds implements DeviceHolds {
  readonly #slot: KernelSlot

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  async list(): Promise<readonly DeviceHold[]> {
    this.#kernel.assertOpen()
    await this.#kernel.commit.settled()
    return this.#kernel.holds.all()
  }

  async release(device: DeviceId): Promise<boolean> {
    const { state, holds, commit } = this.#kernel
    this.#kernel.assertOpen()
    const lane = state.devices.get(device)
    if (lane?.hold === undefined) return false
    lane.hold = undefined
    holds.remove(device)
    state.tidy(lane)
    this.#kernel.wakeDevice(device)
    await commit.settled()
    return true
  }
}
