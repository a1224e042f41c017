import type { Clock } from '@netpulse/core'

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
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(clock: Clock, places: number = defaultPlaces) {
    this.#clock = clock
    this.#free = places
  }

  /** Openings that wait for a place. */
  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Waits for a place, first come, first served. What it answers with gives the place back; it may be called twice.
   * @throws the signal's reason
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free -= 1
    else await this.#turn(signal)
    return this.#held()
  }

  /** Resolves with a place that somebody else gave back. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onTurn = (): void => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      const onAbort = (): void => {
        this.#waiting.delete(onTurn)
        reject(signal.reason as Error)
      }
      this.#waiting.add(onTurn)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  #held(): () => void {
    let given = false
    const giveBack = (): void => {
      if (given) return
      given = true
      cancelTimer()
      this.#passOn()
    }
    const cancelTimer = this.#clock.setTimer(heldMs, giveBack)
    return giveBack
  }

  #passOn(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free += 1
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
