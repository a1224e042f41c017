import type { BinaryStream } from '../byte-stream.js'
import { TelnetDecoder } from './telnet-decoder.js'
import { encodeTelnet } from './telnet-encoder.js'
import type { TelnetLineEnd } from './telnet-encoder.js'
import { TelnetNegotiator } from './telnet-negotiator.js'

/** How to speak telnet to a device. */
export interface TelnetManner {
  /**
   * What a line end becomes on the wire.
   * @defaultValue '\r\n'
   */
  readonly lineEnd?: TelnetLineEnd
  readonly terminal?: {
    /** @defaultValue 'vt100' */
    readonly type?: string
    /** @defaultValue 511 */
    readonly columns?: number
    /** @defaultValue 1000 */
    readonly rows?: number
  }
}

/** What goes through a telnet connection, without its negotiations. */
export type TelnetStream = BinaryStream

/** Telnet over whatever carries the bytes: option negotiations are answered, and data is without their escapes. */
export class TelnetSession implements TelnetStream {
  readonly #stream: BinaryStream
  readonly #lineEnd: TelnetLineEnd
  readonly #decoder: TelnetDecoder
  #open = true

  constructor(stream: BinaryStream, { lineEnd = '\r\n', terminal = {} }: TelnetManner) {
    this.#stream = stream
    this.#lineEnd = lineEnd
    const { type = 'vt100', columns = 511, rows = 1000 } = terminal
    this.#decoder = new TelnetDecoder(new TelnetNegotiator({ type, columns, rows }, (bytes) => stream.write(bytes)))
  }

  write(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data
    this.#stream.write(encodeTelnet(bytes, this.#lineEnd))
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#stream.onData((chunk) => {
      const data = this.#decoder.decode(chunk)
      if (data.length > 0 && this.#open) listener(data)
    })
  }

  onEnd(listener: (error?: Error) => void): void {
    this.#stream.onEnd(listener)
  }

  close(): void {
    this.#open = false
    this.#stream.close()
  }
}
