const IAC = 255
const [SE, SB, WILL, WONT, DO, DONT] = [240, 250, 251, 252, 253, 254]
const [ECHO, SUPPRESS_GO_AHEAD, WINDOW_SIZE] = [1, 3, 31]

/** What the server says first: it echoes, works character by character, and wants to know the window size. */
export const telnetGreeting = Buffer.from([IAC, WILL, ECHO, IAC, WILL, SUPPRESS_GO_AHEAD, IAC, DO, WINDOW_SIZE])

/** Doubles the byte that telnet would take for a command. */
export function telnetEscape(data: Uint8Array): Uint8Array {
  if (!data.includes(IAC)) return data
  return Buffer.from([...data].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])))
}

export interface TelnetEvents {
  /** Bytes to send back. */
  reply(bytes: Uint8Array): void
  windowSize(columns: number, rows: number): void
}

/**
 * Takes telnet commands out of what arrives (RFC 854, window size RFC 1073). Options that were not offered are refused.
 * Commands may be split anywhere.
 */
export class TelnetDecoder {
  readonly #events: TelnetEvents
  #command: number[] = []

  constructor(events: TelnetEvents) {
    this.#events = events
  }

  /** The data in `bytes`, without commands. CR NUL is a CR. */
  decode(bytes: Uint8Array): Buffer {
    if (this.#command.length === 0 && !bytes.includes(IAC) && !bytes.includes(0)) return Buffer.from(bytes)
    const data: number[] = []
    for (const byte of bytes) this.#take(byte, data)
    return Buffer.from(data)
  }

  #take(byte: number, data: number[]): void {
    if (this.#command.length === 0) {
      if (byte === IAC) this.#command = [byte]
      else if (byte !== 0) data.push(byte)
      return
    }
    this.#command.push(byte)
    if (this.#command.length === 2 && byte === IAC) data.push(byte)
    if (this.#isComplete(byte)) this.#run(this.#command.splice(0))
  }

  #isComplete(byte: number): boolean {
    const [, verb = 0] = this.#command
    if (verb === SB) return byte === SE && this.#command.at(-2) === IAC
    return this.#command.length === (verb >= WILL && verb <= DONT ? 3 : 2)
  }

  #run([, verb = 0, option = 0, ...rest]: readonly number[]): void {
    if (verb === WILL && option !== WINDOW_SIZE) this.#events.reply(Buffer.from([IAC, DONT, option]))
    if (verb === DO && option !== ECHO && option !== SUPPRESS_GO_AHEAD) {
      this.#events.reply(Buffer.from([IAC, WONT, option]))
    }
    if (verb === SB && option === WINDOW_SIZE && rest.length >= 4) this.#size(rest)
  }

  #size([columnsHigh = 0, columnsLow = 0, rowsHigh = 0, rowsLow = 0]: readonly number[]): void {
    this.#events.windowSize(columnsHigh * 256 + columnsLow, rowsHigh * 256 + rowsLow)
  }
}
