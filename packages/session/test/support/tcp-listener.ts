import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** A TCP server on 127.0.0.1 that knows its open sockets. */
export class TcpListener {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #watchers = new Set<() => void>()
  accepted = 0

  private constructor(onSocket: (socket: Socket) => void) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.accepted += 1
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        this.#changed()
      })
      onSocket(socket)
      this.#changed()
    })
  }

  static async start(onSocket: (socket: Socket) => void): Promise<TcpListener> {
    const listener = new TcpListener(onSocket)
    listener.#server.listen(0, '127.0.0.1')
    await once(listener.#server, 'listening')
    return listener
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get open(): readonly Socket[] {
    return [...this.#sockets]
  }

  /** Ends when so many sockets are open. */
  async untilOpen(count: number): Promise<void> {
    while (this.#sockets.size !== count) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve))
    }
  }

  /** Resets every connection. */
  drop(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
    this.#watchers.clear()
  }
}
