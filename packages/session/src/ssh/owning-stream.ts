import type { SshConnection, SshStream } from './ssh-connection.js'

/** A channel that owns its connection: one ends with the other. */
export class OwningStream implements SshStream {
  readonly #connection: Pick<SshConnection, 'close'>
  readonly #stream: SshStream

  constructor(connection: Pick<SshConnection, 'close'>, stream: SshStream) {
    this.#connection = connection
    this.#stream = stream
  }

  write(data: string | Uint8Array): void {
    this.#stream.write(data)
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#stream.onData(listener)
  }

  onEnd(listener: (error?: Error) => void): void {
    this.#stream.onEnd((error) => {
      this.#connection.close() // a device that logged us out may keep the connection
      listener(error)
    })
  }

  close(): void {
    this.#stream.close()
    this.#connection.close()
  }
}
