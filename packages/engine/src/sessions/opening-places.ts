import type { Clock } from '@netpulse/core'
import { Turns } from '@netpulse/core'

/** Sessions that may be opened at once: a handshake computes for some milliseconds, and this many in turn block for less than a second. */
const defaultPlaces = 64

/** An opening that takes longer waits for its device rather than for the processor. */
const heldMs = 1_000

/**
 * How many sessions a process opens at once. The key exchange of an SSH session is work for the processor: thousands
 * begun together would keep heartbeats from leaving in time, and the node would count as dead. An opening holds its
 * place until it is done, and for a second at most, so that devices that do not answer hold up nobody for long.
 */
export class OpeningPlaces {
  readonly #clock: Clock
  readonly #turns: Turns

  constructor(clock: Clock, places: number = defaultPlaces) {
    this.#clock = clock
    this.#turns = new Turns(places)
  }

  /** Openings that wait for a place. */
  get waiting(): number {
    return this.#turns.waiting
  }

  /**
   * Waits for a place, first come, first served. What it answers with gives the place back; it may be called twice.
   * @throws the signal's reason
   */
  async take(signal: AbortSignal): Promise<() => void> {
    const giveBack = await this.#turns.take(signal)
    const cancelTimer = this.#clock.setTimer(heldMs, giveBack)
    return () => {
      cancelTimer()
      giveBack()
    }
  }
}
