import { randomBytes } from 'node:crypto'

/** Calls that were never made again, such as those of jobs that others took over, go in the end. */
const mostUnanswered = 10_000

/**
 * Names of calls. A call whose answer was lost may have been done: when it is made again under the same name, the script
 * answers as if for the first time.
 */
export class Requests {
  readonly #process = randomBytes(6).toString('base64url')
  /** Names of calls that had no answer, by what they were for. */
  readonly #unanswered = new Map<string, string>()
  #count = 0

  /** Runs `call` under a new name, or under that of the call for the same purpose that had no answer. */
  async run<Answer>(purpose: string, call: (name: string) => Promise<Answer>): Promise<Answer> {
    const name = this.#unanswered.get(purpose) ?? `${this.#process}.${++this.#count}`
    this.#unanswered.delete(purpose)
    try {
      return await call(name)
    } catch (error) {
      this.#keep(purpose, name)
      throw error
    }
  }

  #keep(purpose: string, name: string): void {
    const [oldest] = this.#unanswered.keys()
    if (this.#unanswered.size >= mostUnanswered && oldest !== undefined) this.#unanswered.delete(oldest)
    this.#unanswered.set(purpose, name)
  }
}
