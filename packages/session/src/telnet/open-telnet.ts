import type { Socket } from 'node:net'
import type { Clock } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'
import type { DriverServices } from '@netpulse/driver-sdk'
import type { ByteStream } from '../byte-stream.js'
import { Opening } from '../opening.js'
import { closeSocket } from '../tcp/close-socket.js'
import { dial } from '../tcp/dial.js'
import { deviceEndpoint } from '../tcp/endpoint.js'
import type { Endpoint } from '../tcp/endpoint.js'
import { TelnetDecoder } from './telnet-decoder.js'
import { encodeTelnet } from './telnet-encoder.js'
import type { TelnetLineEnd } from './telnet-encoder.js'
import { TelnetNegotiator } from './telnet-negotiator.js'

/** A telnet server. The login is a dialogue in the stream: whoever opens it answers it. */
export interface TelnetTarget {
  readonly host: string
  /** @defaultValue 23 */
  readonly port?: number
  /** @defaultValue 10000 */
  readonly connectTimeoutMs?: number
  /**
   * Milliseconds of silence before TCP itself probes the connection; 0 leaves it to the write of the next command.
   * @defaultValue 0
   */
  readonly keepaliveIntervalMs?: number
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

/** A byte stream that also takes bytes which are no text. */
export interface TelnetStream extends ByteStream {
  write(data: string | Uint8Array): void
}

/** The port of a telnet server that gives none. */
export const defaultTelnetPort = 23
const defaultConnectTimeoutMs = 10_000

class TelnetSocket implements TelnetStream {
  readonly #socket: Socket
  readonly #endpoint: Endpoint
  readonly #clock: Clock
  readonly #lineEnd: TelnetLineEnd
  readonly #decoder: TelnetDecoder
  #open = true
  #error: Error | undefined
  #onEnd: ((error?: Error) => void) | undefined

  constructor(socket: Socket, endpoint: Endpoint, target: TelnetTarget, clock: Clock) {
    this.#socket = socket
    this.#endpoint = endpoint
    this.#clock = clock
    this.#lineEnd = target.lineEnd ?? '\r\n'
    const { type = 'vt100', columns = 511, rows = 1000 } = target.terminal ?? {}
    this.#decoder = new TelnetDecoder(new TelnetNegotiator({ type, columns, rows }, (bytes) => socket.write(bytes)))
    socket.on('error', (error) => this.#end(this.#lost(error)))
    socket.on('end', () => this.#end(undefined))
    socket.on('close', () => this.#end(undefined))
  }

  write(data: string | Uint8Array): void {
    if (!this.#open) return
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data
    this.#socket.write(encodeTelnet(bytes, this.#lineEnd))
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#socket.on('data', (chunk: Uint8Array) => {
      const data = this.#decoder.decode(chunk)
      if (data.length > 0 && this.#open) listener(data)
    })
  }

  onEnd(listener: (error?: Error) => void): void {
    if (this.#open) this.#onEnd = listener
    else queueMicrotask(() => listener(this.#error))
  }

  close(): void {
    this.#end(undefined)
  }

  #end(error: Error | undefined): void {
    if (!this.#open) return
    this.#open = false
    this.#error = error
    if (error === undefined) closeSocket(this.#socket, this.#clock)
    else this.#socket.destroy()
    this.#onEnd?.(error)
  }

  #lost(error: Error): Error {
    return driverError('SESSION_LOST', `${this.#endpoint.title} dropped the telnet connection: ${error.message}.`, {
      details: { ...this.#endpoint.details, reason: (error as { code?: string }).code ?? 'UNKNOWN' },
      cause: error,
    })
  }
}

/**
 * Connects to a telnet server and answers its option negotiations. On a throw no socket is left open. `signal` ends
 * the opening only. Data flows once `onData` has its listener.
 * @throws CONNECT_FAILED, CONNECT_TIMEOUT, ABORTED
 */
export async function openTelnet(
  target: TelnetTarget,
  services: Pick<DriverServices, 'clock'>,
  signal: AbortSignal,
): Promise<TelnetStream> {
  const endpoint = deviceEndpoint(target.host, target.port ?? defaultTelnetPort)
  const opening = new Opening(services.clock, signal, `Connecting to ${endpoint.address}`)
  try {
    const socket = await dial(endpoint, target.connectTimeoutMs ?? defaultConnectTimeoutMs, opening)
    const { keepaliveIntervalMs = 0 } = target
    if (keepaliveIntervalMs > 0) socket.setKeepAlive(true, keepaliveIntervalMs)
    return new TelnetSocket(socket, endpoint, target, services.clock)
  } finally {
    opening.end()
  }
}
