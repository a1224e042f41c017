import { telnetCommand } from './telnet-codes.js'

const { SE, SB, WILL, DONT, IAC } = telnetCommand
const cr = 0x0d
const nul = 0x00

/** A server that never ends a sub-negotiation is not listened to without end. */
const longestSubnegotiation = 1024

/** What the decoder finds between the data. */
export interface TelnetEvents {
  /** WILL, WONT, DO or DONT with its option. */
  onNegotiation(command: number, option: number): void
  /** The bytes between SB and SE, without doubled IACs: the option, then its parameters. */
  onSubnegotiation(bytes: readonly number[]): void
}

/**
 * Takes telnet's commands out of a byte stream, wherever it is split.
 *
 * | state | byte | then |
 * |---|---|---|
 * | data | IAC | command |
 * | data | CR | afterCr (the CR is data) |
 * | afterCr | NUL | data: CR NUL is a bare CR (RFC 854) |
 * | afterCr | other | as data |
 * | command | WILL, WONT, DO, DONT | option |
 * | command | SB | subnegotiation |
 * | command | IAC | data: a byte 255 |
 * | command | other | data: no-operation, go-ahead, ... |
 * | option | any | data |
 * | subnegotiation | IAC | subcommand |
 * | subcommand | IAC | subnegotiation: a byte 255 |
 * | subcommand | SE | data |
 * | subcommand | other | as command: the server forgot SE |
 */
export class TelnetDecoder {
  readonly #events: TelnetEvents
  #state: 'data' | 'afterCr' | 'command' | 'option' | 'subnegotiation' | 'subcommand' = 'data'
  #command = 0
  #parameters: number[] = []

  constructor(events: TelnetEvents) {
    this.#events = events
  }

  /** The data in the chunk. Shares memory with it when there is nothing to take out. */
  decode(chunk: Uint8Array): Uint8Array {
    if (this.#state === 'data' && !chunk.includes(IAC) && !chunk.includes(cr)) return chunk
    const data = new Uint8Array(chunk.length + 1)
    let length = 0
    for (const byte of chunk) {
      if (this.#isData(byte)) data[length++] = byte
    }
    return data.subarray(0, length)
  }

  #isData(byte: number): boolean {
    switch (this.#state) {
      case 'afterCr':
        this.#state = 'data'
        return byte !== nul && this.#plain(byte)
      case 'data':
        return this.#plain(byte)
      case 'command':
        return this.#onCommand(byte)
      case 'option':
        this.#state = 'data'
        this.#events.onNegotiation(this.#command, byte)
        return false
      default:
        return this.#inSubnegotiation(byte)
    }
  }

  #plain(byte: number): boolean {
    if (byte === cr) this.#state = 'afterCr'
    if (byte === IAC) this.#state = 'command'
    return byte !== IAC
  }

  #onCommand(byte: number): boolean {
    this.#state = 'data'
    if (byte === IAC) return true
    if (byte === SB) {
      this.#state = 'subnegotiation'
      this.#parameters = []
    } else if (byte >= WILL && byte <= DONT) {
      this.#state = 'option'
      this.#command = byte
    }
    return false
  }

  #inSubnegotiation(byte: number): boolean {
    if (this.#state === 'subnegotiation') {
      if (byte === IAC) this.#state = 'subcommand'
      else this.#add(byte)
      return false
    }
    if (byte === IAC) {
      this.#state = 'subnegotiation'
      this.#add(byte)
      return false
    }
    const parameters = this.#parameters
    this.#parameters = []
    if (byte !== SE) return this.#onCommand(byte)
    this.#state = 'data'
    if (parameters.length > 0) this.#events.onSubnegotiation(parameters)
    return false
  }

  #add(byte: number): void {
    if (this.#parameters.length < longestSubnegotiation) this.#parameters.push(byte)
  }
}
