import type { Socket } from 'node:net'
import type { FaultAction } from '../device/faults.js'
import type { Shell } from '../terminal/shell.js'

/** One accepted TCP connection and what runs over it. */
export class Connection {
  readonly socket: Socket
  /** From 1, per device. */
  readonly session: number
  readonly #shells = new Set<Shell>()
  #isFrozen = false

  constructor(socket: Socket, session: number) {
    this.socket = socket
    this.session = session
  }

  addShell(shell: Shell): void {
    this.#shells.add(shell)
    if (this.#isFrozen) shell.freeze()
  }

  removeShell(shell: Shell): void {
    this.#shells.delete(shell)
    shell.end()
  }

  announce(text: string): void {
    for (const shell of this.#shells) shell.announce(text)
  }

  /** The peer sees a connection that is open and says nothing; bytes that it sends are not even read. */
  freeze(): void {
    this.#isFrozen = true
    this.socket.pause()
    for (const shell of this.#shells) shell.freeze()
  }

  thaw(): void {
    this.#isFrozen = false
    for (const shell of this.#shells) shell.thaw()
    this.socket.resume()
  }

  /** A fault before the first line. A connection that hangs stays open and silent. */
  strike(action: FaultAction | undefined): void {
    if (action === 'hang') return
    if (action === 'reset') this.reset()
    else this.socket.end()
  }

  /** Ends the connection within a turn of the loop: what has arrived is read first, else the peer would get a reset. */
  close(): void {
    for (const shell of this.#shells) shell.end()
    this.socket.resume()
    this.socket.end()
    setImmediate(() => this.socket.destroy())
  }

  reset(): void {
    for (const shell of this.#shells) shell.end()
    this.socket.resetAndDestroy()
  }
}
