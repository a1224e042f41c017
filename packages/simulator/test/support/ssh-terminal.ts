import { once } from 'node:events'
import ssh2 from 'ssh2'
import type { Client, ClientChannel, ConnectConfig } from 'ssh2'
import type { SimulatedDevice } from '../../src/device/simulated-device.js'

/** A client's terminal on a simulated device: types, and waits for text. */
export interface SshTerminal {
  readonly client: Client
  /** Everything received so far. */
  readonly text: string
  /** Resolves when the text received since the last call of `until` or `type` ends with a match. */
  until(pattern: RegExp): Promise<string>
  /** Types and waits; resolves with what came for it. */
  type(text: string, pattern?: RegExp): Promise<string>
  /** Resolves when the connection is closed. */
  readonly closed: Promise<unknown>
  close(): Promise<void>
}

/** Connects and logs in. @throws the error of ssh2 */
export async function connectTo(
  device: SimulatedDevice,
  config: Partial<ConnectConfig> = {},
): Promise<{ readonly client: Client; readonly closed: Promise<unknown> }> {
  const client = new ssh2.Client()
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  const { host, port, username, password } = device
  const ready = once(client, 'ready')
  client.connect({ host, port, username, password, ...config })
  await ready
  client.on('error', () => {}) // 'close' follows and tells
  return { client, closed }
}

export async function openTerminal(
  device: SimulatedDevice,
  config: Partial<ConnectConfig> & { rows?: number; prompt?: RegExp } = {},
): Promise<SshTerminal> {
  const { rows = 24, prompt = /[>#$\]] ?$/, ...rest } = config
  const { client, closed } = await connectTo(device, rest)
  const channel = await shellOf(client, rows)
  const terminal = new Terminal(client, channel, closed)
  await terminal.until(prompt)
  return terminal
}

export function shellOf(client: Client, rows = 24): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.shell({ term: 'vt100', rows, cols: 80 }, (error, channel) => (error ? reject(error) : resolve(channel)))
  })
}

class Terminal implements SshTerminal {
  readonly client: Client
  readonly closed: Promise<unknown>
  readonly #channel: ClientChannel
  text = ''
  #seen = 0
  #check: (() => void) | undefined

  constructor(client: Client, channel: ClientChannel, closed: Promise<unknown>) {
    this.client = client
    this.closed = closed
    this.#channel = channel
    channel.on('data', (bytes: Buffer) => {
      this.text += bytes.toString()
      this.#check?.()
    })
    channel.on('error', () => {}) // 'close' follows and tells
  }

  until(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      this.#check = () => {
        const fresh = this.text.slice(this.#seen)
        if (!pattern.test(fresh)) return
        this.#check = undefined
        this.#seen = this.text.length
        resolve(fresh)
      }
      this.#check()
    })
  }

  type(text: string, pattern = /[>#$\]] ?$/): Promise<string> {
    this.#channel.write(text)
    return this.until(pattern)
  }

  async close(): Promise<void> {
    this.client.end()
    await this.closed
  }
}
