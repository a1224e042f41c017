import type { Clock } from '@netpulse/core'
import { seededRandom } from '@netpulse/core/testing'
import type { ChunkSpec } from '../spec.js'
import type { TerminalLink } from './link.js'

/** Collects what a terminal prints and sends it: in one piece, or in random ones. */
export class Output {
  readonly #link: TerminalLink
  readonly #clock: Clock
  #text = ''
  #queue: Uint8Array[] = []
  #random: (() => number) | undefined
  #isWaiting = false
  #afterQueue: (() => void) | undefined
  #frozen = false

  constructor(link: TerminalLink, clock: Clock) {
    this.#link = link
    this.#clock = clock
  }

  print(text: string): void {
    this.#text += text
  }

  /** Bytes that are not text, latin1. They keep their place among what was printed. */
  printBytes(bytes: string, chunks: ChunkSpec | undefined): void {
    this.flush(chunks)
    this.#send(Buffer.from(bytes, 'latin1'), chunks)
  }

  flush(chunks: ChunkSpec | undefined): void {
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    const isPlain = chunks === undefined && this.#queue.length === 0 && !this.#frozen
    if (isPlain) this.#link.write(text)
    else this.#send(Buffer.from(text), chunks)
  }

  /** Sends the first bytes of what was printed and forgets the rest. */
  flushBytes(count: number, chunks: ChunkSpec | undefined): void {
    const bytes = Buffer.from(this.#text).subarray(0, count)
    this.#text = ''
    if (bytes.length > 0) this.#send(bytes, chunks)
  }

  forget(): void {
    this.#text = ''
  }

  /** Calls `run` when everything printed so far has been sent. */
  whenSent(run: () => void): void {
    if (this.#queue.length === 0 && !this.#frozen) run()
    else this.#afterQueue = run
  }

  /** Holds everything back until `thaw`. */
  freeze(): void {
    this.#frozen = true
  }

  thaw(): void {
    this.#frozen = false
    this.#pump(0)
  }

  #send(bytes: Uint8Array, chunks: ChunkSpec | undefined): void {
    this.#queue.push(...(chunks === undefined ? [bytes] : this.#split(bytes, chunks)))
    this.#pump(chunks?.delayMs ?? 0)
  }

  #split(bytes: Uint8Array, { seed, maxBytes = 16 }: ChunkSpec): Uint8Array[] {
    const random = (this.#random ??= seededRandom(seed))
    const pieces: Uint8Array[] = []
    for (let at = 0; at < bytes.length;) {
      const size = 1 + Math.floor(random() * maxBytes)
      pieces.push(bytes.subarray(at, at + size))
      at += size
    }
    return pieces
  }

  #pump(delayMs: number): void {
    if (this.#isWaiting) return
    while (this.#queue.length > 0 && !this.#frozen) {
      this.#link.write(this.#queue.shift() as Uint8Array)
      if (delayMs > 0 && this.#queue.length > 0) return this.#pumpLater(delayMs)
    }
    if (this.#frozen || this.#queue.length > 0) return
    const run = this.#afterQueue
    this.#afterQueue = undefined
    run?.()
  }

  #pumpLater(delayMs: number): void {
    this.#isWaiting = true
    this.#clock.setTimer(delayMs, () => {
      this.#isWaiting = false
      this.#pump(delayMs)
    })
  }
}
