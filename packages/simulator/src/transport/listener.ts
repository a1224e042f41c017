import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer } from 'node:net'

/** A TCP listener; hands out accepted sockets. */
export class Listener {
  readonly #server: Server

  constructor(onSocket: (socket: Socket) => void) {
    this.#server = createServer({ noDelay: true }, onSocket)
  }

  /** @throws the error of Node when the address cannot be had */
  async listen(host: string, port: number): Promise<number> {
    this.#server.listen({ host, port })
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** Takes no more connections. Resolves when the accepted ones are gone too. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
    })
  }
}
