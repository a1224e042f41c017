/** Lets so many hold a turn at once; the others wait for theirs, first come, first served. */
export class Turns {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  /** How many wait for a turn. */
  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Waits for a turn. What it answers with ends the turn; it may be called twice.
   * @throws the signal's reason when it is aborted before the turn comes
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free -= 1
    else await this.#turn(signal)
    let ended = false
    return () => {
      if (!ended) this.#passOn()
      ended = true
    }
  }

  /** Resolves with the turn that somebody else has ended. */
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
