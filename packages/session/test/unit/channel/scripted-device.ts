import type { PromptMatcher } from '@netpulse/platforms'
import type { ByteStream, ChannelPlatform } from '../../../src/index.js'

export const matcher = (pattern: RegExp): PromptMatcher => ({
  matches: (tail) => pattern.test(tail),
  start: (tail) => pattern.exec(tail)?.index,
})

/** A line-live CLI: `r1>`, `r1#`, `r1(config-if)#`. */
export const plainPlatform: ChannelPlatform = {
  prompt: matcher(/(?<=^|\n)[\w.\-@/:]{1,63}(?:\([\w.\-@/:]{1,32}\))?[>#]\s?$/),
  promptLines: 1,
  pagers: [{ pattern: /\s*--\s?more\s?--\s*$/i, answer: ' ' }],
  returnKey: '\n',
  interruptKey: '\x03',
}

/**
 * The other end of a channel, under the test's hand: keeps what was written, sends what it is told to, and may answer
 * each written line by itself.
 */
export class ScriptedDevice implements ByteStream {
  readonly written: string[] = []
  closed = false
  #onData: ((bytes: Uint8Array) => void) | undefined
  #onEnd: ((error?: Error) => void) | undefined
  readonly #react: (text: string, device: ScriptedDevice) => void

  constructor(react: (text: string, device: ScriptedDevice) => void = () => undefined) {
    this.#react = react
  }

  write(text: string): void {
    this.written.push(text)
    this.#react(text, this)
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData = listener
  }

  onEnd(listener: (error?: Error) => void): void {
    this.#onEnd = listener
  }

  close(): void {
    this.closed = true
  }

  /** All of it in one piece, before anything else runs. */
  send(text: string | Uint8Array): void {
    this.#onData?.(typeof text === 'string' ? Buffer.from(text) : text)
  }

  /** Piece by piece, with everything that waits running in between. */
  async sendPieces(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      this.send(piece)
      await turn()
    }
  }

  hangUp(error?: Error): void {
    this.#onEnd?.(error)
  }
}

/** Lets all that is ready run. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Cuts bytes at the given places, each taken modulo their number. */
export function cutAt(text: string, places: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text)
  const cuts = [...new Set(places.map((place) => place % bytes.length))].filter((cut) => cut > 0).sort((a, b) => a - b)
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length))
}
