import type { ClientChannel } from 'ssh2'
import type { SshStream } from './ssh-connection.js'

const ignore = (): void => undefined

/** An SSH channel as a byte stream. It ends with an error only when the connection below it was lost. */
export class SshChannelStream implements SshStream {
  readonly #channel: ClientChannel
  /** Called at the end, whoever ended it. */
  readonly #ended: (self: SshChannelStream) => void
  #open = true
  #error: Error | undefined
  #onEnd: ((error?: Error) => void) | undefined

  constructor(channel: ClientChannel, ended: (self: SshChannelStream) => void) {
    this.#channel = channel
    this.#ended = ended
    channel.on('close', () => this.#end(undefined))
    channel.on('error', ignore) // told by the connection
    // What is not read would fill the window and stop the channel.
    channel.stderr.resume()
  }

  write(data: string | Uint8Array): void {
    if (this.#open) this.#channel.write(data)
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#channel.on('data', listener)
  }

  onEnd(listener: (error?: Error) => void): void {
    if (this.#open) this.#onEnd = listener
    else queueMicrotask(() => listener(this.#error))
  }

  close(): void {
    if (!this.#open) return
    this.#channel.close()
    this.#end(undefined)
  }

  /** The connection was lost. */
  fail(error: Error): void {
    this.#end(error)
  }

  #end(error: Error | undefined): void {
    if (!this.#open) return
    this.#open = false
    this.#error = error
    this.#ended(this)
    this.#onEnd?.(error)
  }
}
