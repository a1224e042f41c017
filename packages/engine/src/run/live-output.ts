import type { CancelTimer, Clock, RedactionStream, Redactor } from '@netpulse/core'

/** A job that ends sooner has its answers at once: nothing of it is told before. */
const firstAfterMs = 300
/** Then what has come is told this often. */
const everyMs = 250
/** Characters that wait; more are told at once. */
const longestWait = 64 * 1024

/** Device output on its way to those who watch a job, redacted, in whole lines, some at a time. */
export class LiveOutput {
  readonly #lines: RedactionStream
  readonly #clock: Clock
  readonly #send: (text: string) => void
  #waiting: string[] = []
  #length = 0
  #sent = false
  #cancelTimer: CancelTimer | undefined

  constructor(redactor: Redactor, clock: Clock, send: (text: string) => void) {
    this.#lines = redactor.stream()
    this.#clock = clock
    this.#send = send
  }

  readonly add = (text: string): void => {
    this.#waiting.push(text)
    this.#length += text.length
    if (this.#length > longestWait) return this.#flush()
    this.#cancelTimer ??= this.#clock.setTimer(this.#sent ? everyMs : firstAfterMs, () => this.#flush())
  }

  /** The rest, if somebody could have heard the beginning. */
  end(): void {
    this.#cancelTimer?.()
    if (!this.#sent) return
    this.#flush()
    this.#emit(this.#lines.end())
  }

  #flush(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#sent = true
    const text = this.#waiting.join('')
    this.#waiting = []
    this.#length = 0
    this.#emit(this.#lines.write(text))
  }

  #emit(text: string): void {
    if (text !== '') this.#send(text)
  }
}
