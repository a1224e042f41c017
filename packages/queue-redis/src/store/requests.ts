import { randomBytes } from 'node:crypto'

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
      this.#unanswered.set(purpose, name)
      throw error
    }
  }

  /** Nobody will ask again. */
  forget(purpose: string): void {
    this.#unanswered.delete(purpose)
  }
}
