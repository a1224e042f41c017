import { telnetCommand, telnetOption } from './telnet-codes.js'
import type { TelnetEvents } from './telnet-decoder.js'

const { SE, SB, WILL, WONT, DO, DONT, IAC } = telnetCommand
const { ECHO, SUPPRESS_GO_AHEAD, TERMINAL_TYPE, WINDOW_SIZE } = telnetOption
const typeIs = 0
const typeSend = 1

/** What the server may do: echo, and not wait for go-aheads. */
const welcome: ReadonlySet<number> = new Set([ECHO, SUPPRESS_GO_AHEAD])
/** What this side does when it is asked to. */
const able: ReadonlySet<number> = new Set([SUPPRESS_GO_AHEAD, TERMINAL_TYPE, WINDOW_SIZE])

/** The terminal that a telnet server is told of. */
export interface TelnetTerminal {
  readonly type: string
  readonly columns: number
  readonly rows: number
}

/** Two bytes of a number, a byte 255 doubled as everything within a sub-negotiation. */
const twoBytes = (value: number): number[] => escaped([(value >> 8) & 0xff, value & 0xff])
const escaped = (bytes: readonly number[]): number[] => bytes.flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte]))

/**
 * Answers option negotiations, and starts none: a console server that speaks no telnet is left in peace. An answer is
 * sent only when a state changes, so that two sides cannot answer each other for ever (RFC 854, RFC 1143).
 *
 * | received | option | state before | answer |
 * |---|---|---|---|
 * | WILL | ECHO, SUPPRESS-GO-AHEAD | off | DO |
 * | WILL | other | off | DONT |
 * | WONT | any | on | DONT |
 * | DO | SUPPRESS-GO-AHEAD, TERMINAL-TYPE | off | WILL |
 * | DO | WINDOW-SIZE | off | WILL, and the size (RFC 1073) |
 * | DO | other | off | WONT |
 * | DONT | any | on | WONT |
 * | SB TERMINAL-TYPE SEND | | | SB TERMINAL-TYPE IS (RFC 1091) |
 * | anything else | | | none |
 */
export class TelnetNegotiator implements TelnetEvents {
  readonly #terminal: TelnetTerminal
  readonly #send: (bytes: Uint8Array) => void
  readonly #remote = new Set<number>()
  readonly #local = new Set<number>()

  constructor(terminal: TelnetTerminal, send: (bytes: Uint8Array) => void) {
    this.#terminal = terminal
    this.#send = send
  }

  onNegotiation(command: number, option: number): void {
    if (command === WILL) this.#onOffer(option)
    else if (command === DO) this.#onWish(option)
    else if (command === WONT && this.#remote.delete(option)) this.#answer(DONT, option)
    else if (command === DONT && this.#local.delete(option)) this.#answer(WONT, option)
  }

  onSubnegotiation([option, verb]: readonly number[]): void {
    if (option !== TERMINAL_TYPE || verb !== typeSend || !this.#local.has(TERMINAL_TYPE)) return
    this.#subnegotiate(TERMINAL_TYPE, [typeIs, ...Buffer.from(this.#terminal.type, 'latin1')])
  }

  #onOffer(option: number): void {
    if (this.#remote.has(option)) return
    if (!welcome.has(option)) return this.#answer(DONT, option)
    this.#remote.add(option)
    this.#answer(DO, option)
  }

  #onWish(option: number): void {
    if (this.#local.has(option)) return
    if (!able.has(option)) return this.#answer(WONT, option)
    this.#local.add(option)
    this.#answer(WILL, option)
    const { columns, rows } = this.#terminal
    if (option === WINDOW_SIZE) this.#subnegotiate(WINDOW_SIZE, [...twoBytes(columns), ...twoBytes(rows)])
  }

  #answer(command: number, option: number): void {
    this.#send(Uint8Array.of(IAC, command, option))
  }

  #subnegotiate(option: number, parameters: readonly number[]): void {
    this.#send(Uint8Array.of(IAC, SB, option, ...parameters, IAC, SE))
  }
}
