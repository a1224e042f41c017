import type { Clock } from '@netpulse/core'
import { Turns } from '@netpulse/core'

/** A device that takes longer to answer does not hold up the others. */
const heldMs = 2_000
const mostKnown = 100_000

/**
 * A credential that has not logged in anywhere yet is tried at one device at a time: a wrong password that was sent to
 * thousands of devices at once would have locked its account before the first of them has answered.
 */
export class FirstLogins {
  readonly #clock: Clock
  readonly #proven = new Set<string>()
  readonly #turns = new Map<string, { readonly turns: Turns; users: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Waits for the turn of a credential that is not proven. What it answers with is to be called when the login is over.
   * @throws the signal's reason
   */
  async enter(credential: string, signal: AbortSignal): Promise<() => void> {
    if (this.#proven.has(credential)) return () => undefined
    const queue = this.#turns.get(credential) ?? { turns: new Turns(1), users: 0 }
    this.#turns.set(credential, queue)
    queue.users += 1
    const leave = (): void => {
      queue.users -= 1
      if (queue.users === 0) this.#turns.delete(credential)
    }
    try {
      const giveBack = await queue.turns.take(signal)
      if (this.#proven.has(credential)) giveBack()
      const cancelTimer = this.#clock.setTimer(heldMs, giveBack)
      return () => {
        cancelTimer()
        giveBack()
        leave()
      }
    } catch (error) {
      leave()
      throw error
    }
  }

  /** It has logged in: from here on everybody may use it at once. */
  prove(credential: string): void {
    this.#proven.add(credential)
    if (this.#proven.size > mostKnown) this.#proven.delete(this.#proven.values().next().value!)
  }

  /** Somebody refused it. */
  doubt(credential: string): void {
    this.#proven.delete(credential)
  }
}
