import type { Socket } from 'node:net'
import type { Clock } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'
import type { BinaryStream } from '../byte-stream.js'
import { closeSocket } from './close-socket.js'
import type { Endpoint } from './endpoint.js'

/** A TCP connection as a byte stream. It ends with an error when it was not the other side's orderly end. */
export class TcpStream implements BinaryStream {
  readonly #socket: Socket
  readonly #endpoint: Endpoint
  readonly #clock: Clock
  #open = true
  #error: Error | undefined
  #onEnd: ((error?: Error) => void) | undefined

  constructor(socket: Socket, endpoint: Endpoint, clock: Clock) {
    this.#socket = socket
    this.#endpoint = endpoint
    this.#clock = clock
    socket.on('error', (error) => this.#end(this.#lost(error)))
    socket.on('end', () => this.#end(undefined))
    socket.on('close', () => this.#end(undefined))
  }

  write(data: string | Uint8Array): void {
    if (this.#open) this.#socket.write(data)
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#socket.on('data', (chunk: Uint8Array) => {
      if (this.#open) listener(chunk)
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
    return driverError('SESSION_LOST', `${this.#endpoint.title} dropped the connection: ${error.message}.`, {
      details: { ...this.#endpoint.details, reason: (error as { code?: string }).code ?? 'UNKNOWN' },
      cause: error,
    })
  }
}
