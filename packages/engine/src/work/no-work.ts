import type { Reaper } from './reaper.js'
import type { Workforce } from './workforce.js'

/** A controller: runs nothing itself, but sees to what lost nodes left. */
export class NoWork implements Workforce {
  readonly isTrusted = false
  readonly #reaper: Reaper

  constructor(reaper: Reaper) {
    this.#reaper = reaper
  }

  start(): Promise<void> {
    return this.#reaper.start()
  }

  evict(): Promise<void> {
    return Promise.resolve()
  }

  async close(): Promise<void> {
    this.#reaper.stop()
  }
}
