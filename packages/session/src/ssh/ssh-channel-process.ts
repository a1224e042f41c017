import type { ClientChannel } from 'ssh2'
import type { SshExit, SshProcess } from './ssh-connection.js'

const ignore = (): void => undefined

/** An SSH channel that runs one command. */
export class SshChannelProcess implements SshProcess {
  readonly #channel: ClientChannel
  readonly #ended: (self: SshChannelProcess) => void
  #open = true
  #exit: SshExit = {}
  #error: Error | undefined
  #onExit: ((exit: SshExit, error?: Error) => void) | undefined

  constructor(channel: ClientChannel, ended: (self: SshChannelProcess) => void) {
    this.#channel = channel
    this.#ended = ended
    channel.on('exit', (status: number | null, signal?: string) => {
      this.#exit = { ...(status === null ? {} : { status }), ...(signal === undefined ? {} : { signal }) }
    })
    channel.on('close', () => this.#end(undefined))
    channel.on('error', ignore) // told by the connection
  }

  write(data: string | Uint8Array): void {
    if (this.#open) this.#channel.write(data)
  }

  endInput(): void {
    if (this.#open) this.#channel.end()
  }

  onStdout(listener: (bytes: Uint8Array) => void): void {
    this.#channel.on('data', listener)
  }

  onStderr(listener: (bytes: Uint8Array) => void): void {
    this.#channel.stderr.on('data', listener)
  }

  onExit(listener: (exit: SshExit, error?: Error) => void): void {
    if (!this.#open) return queueMicrotask(() => listener(this.#exit, this.#error))
    this.#onExit = listener
    // ssh2 tells the end only after the output was read.
    this.#channel.resume()
    this.#channel.stderr.resume()
  }

  signal(name: string): void {
    if (this.#open) this.#channel.signal(name)
  }

  close(): void {
    if (!this.#open) return
    this.#channel.close()
    this.#end(undefined)
  }

  /** The connection was lost. An exit that was told before stays true. */
  fail(error: Error): void {
    const told = this.#exit.status !== undefined || this.#exit.signal !== undefined
    this.#end(told ? undefined : error)
  }

  #end(error: Error | undefined): void {
    if (!this.#open) return
    this.#open = false
    this.#error = error
    this.#ended(this)
    this.#onExit?.(this.#exit, error)
  }
}
