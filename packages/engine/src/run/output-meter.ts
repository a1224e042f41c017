import type { NetPulseError } from '@netpulse/core'
import type { Reply } from '@netpulse/driver-sdk'
import { engineError } from '../errors.js'

/** Longest output of one command, and of all of a job. Bytes of UTF-8. */
export interface OutputLimits {
  readonly perCommand: number
  readonly perJob: number
}

/** How much of an answer that was broken off is kept. */
const keptLength = 1024 * 1024

/** A secret that the cut goes through could not be recognised any more: what is kept ends with a whole line. */
const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1)

/** A bound for what a device prints, so that one that never stops fills neither memory nor store. */
export class OutputMeter {
  readonly #limits: OutputLimits
  readonly #onTooLarge: (error: NetPulseError) => void
  #kept: string[] = []
  #keptLength = 0
  #ofCommand = 0
  #ofJob = 0
  #error: NetPulseError | undefined

  /** `onTooLarge` is called once, while the device still prints. */
  constructor(limits: OutputLimits, onTooLarge: (error: NetPulseError) => void) {
    this.#limits = limits
    this.#onTooLarge = onTooLarge
  }

  /** Why the job has to end; `undefined` while it need not. */
  get error(): NetPulseError | undefined {
    return this.#error
  }

  /** The next command begins. */
  begin(): void {
    this.#kept = []
    this.#keptLength = 0
    this.#ofCommand = 0
  }

  /** What the device prints, as it comes. */
  readonly add = (text: string): void => {
    this.#count(Buffer.byteLength(text))
    if (this.#keptLength >= keptLength) return
    this.#kept.push(text)
    this.#keptLength += text.length
  }

  /** The reply, cut where it is too long. Drivers that hand over whole answers are counted here. */
  fitted(reply: Reply): Reply {
    const size = Buffer.byteLength(reply.output)
    if (size > this.#ofCommand) this.#count(size - this.#ofCommand)
    if (this.#error === undefined) return reply
    return { ...reply, output: wholeLines(reply.output.slice(0, this.#limits.perCommand)) + this.#mark() }
  }

  /** What there is of an answer that was broken off; `undefined` when no limit broke it off. */
  brokenOff(): string | undefined {
    return this.#error === undefined ? undefined : wholeLines(this.#kept.join('').slice(0, keptLength)) + this.#mark()
  }

  #count(size: number): void {
    this.#ofCommand += size
    this.#ofJob += size
    const { perCommand, perJob } = this.#limits
    if (this.#error !== undefined || (this.#ofCommand <= perCommand && this.#ofJob <= perJob)) return
    const what = this.#ofCommand > perCommand ? `one command: ${perCommand}` : `one job: ${perJob}`
    this.#error = engineError('OUTPUT_TOO_LARGE', `The device printed more than is taken from ${what} bytes.`)
    this.#onTooLarge(this.#error)
  }

  #mark(): string {
    return `[cut: ${this.#error?.message ?? ''}]`
  }
}
