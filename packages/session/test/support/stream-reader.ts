import type { ByteStream } from '../../src/index.js'

/** Collects what a stream brings, and waits for it. */
export class StreamReader {
  #text = ''
  #watchers: (() => void)[] = []
  /** Settles with the stream: what `onEnd` was told. */
  readonly ended: Promise<Error | undefined>

  constructor(stream: Pick<ByteStream, 'onData' | 'onEnd'>) {
    stream.onData((bytes) => {
      this.#text += Buffer.from(bytes).toString('latin1')
      for (const watcher of this.#watchers.splice(0)) watcher()
    })
    this.ended = new Promise((resolve) => stream.onEnd(resolve))
  }

  get text(): string {
    return this.#text
  }

  async until(text: string): Promise<string> {
    while (!this.#text.includes(text)) await new Promise<void>((resolve) => this.#watchers.push(resolve))
    return this.#text
  }
}
