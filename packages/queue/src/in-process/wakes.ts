import type { DeviceId, Incarnation } from '@netpulse/core'

type Listener = (device: DeviceId) => void

/** Tells holders that a device may have something to take, once per turn however much came. */
export class Wakes {
  readonly #listeners = new Map<Incarnation, Set<Listener>>()
  readonly #pump: () => void
  #devices = new Map<DeviceId, Incarnation>()
  #workWaits = false
  #scheduled = false

  /** @param pump takes from the `work` lane */
  constructor(pump: () => void) {
    this.#pump = pump
  }

  device(device: DeviceId, incarnation: Incarnation): void {
    this.#devices.set(device, incarnation)
    this.#schedule()
  }

  work(): void {
    this.#workWaits = true
    this.#schedule()
  }

  listen(incarnation: Incarnation, listener: Listener): () => void {
    const listeners = this.#listeners.get(incarnation) ?? new Set()
    this.#listeners.set(incarnation, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(incarnation)
    }
  }

  close(): void {
    this.#listeners.clear()
  }

  /** A microtask: a take that follows still gets into the commit of the submit. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      const devices = this.#devices
      this.#devices = new Map()
      for (const [device, incarnation] of devices) {
        for (const listener of this.#listeners.get(incarnation) ?? []) listener(device)
      }
      if (this.#workWaits) {
        this.#workWaits = false
        this.#pump()
      }
    })
  }
}
