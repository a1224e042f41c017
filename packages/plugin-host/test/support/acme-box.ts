import { EventEmitter, once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { asDeviceId } from '@netpulse/core'
import type { TestDevice } from '@netpulse/driver-sdk/testing'

const token = 'open sesame'

/** What the box answers to a line; `undefined` is silence. */
function answerTo(line: string): string | undefined {
  if (line.startsWith('login ')) return line === `login ${token}` ? 'ok' : 'ERR go away'
  if (line === 'show nothing') return undefined
  return line.startsWith('shwo') ? 'ERR what?' : `you said ${line}`
}

/** The device that the README's driver speaks to: each line is answered with a line, `login TOKEN` comes first. */
export class AcmeBox implements TestDevice {
  readonly connection = { token }
  readonly wrongCredential = { token: 'open barley' }
  readonly commands = {
    accepted: { command: 'show one', holds: 'show one' },
    refused: 'shwo two',
    hanging: 'show nothing',
  }
  readonly #sockets = new Set<Socket>()
  readonly #changes = new EventEmitter()
  readonly #server: Server
  #accepted = 0

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  static async start(): Promise<AcmeBox> {
    const box = new AcmeBox()
    await once(box.#server.listen(0, '127.0.0.1'), 'listening')
    return box
  }

  get device(): TestDevice['device'] {
    return { id: asDeviceId('acme-1'), host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  /** Connections since the start. */
  get accepted(): number {
    return this.#accepted
  }

  hangUp(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return Promise.resolve()
  }

  async noConnections(): Promise<void> {
    const signal = AbortSignal.timeout(3_000)
    while (this.#sockets.size > 0) {
      await once(this.#changes, 'closed', { signal }).catch((cause: unknown) => {
        throw new Error('the driver is still connected', { cause })
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hangUp()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.#accepted++
    this.#sockets.add(socket)
    socket.on('error', () => undefined) // 'close' follows
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#changes.emit('closed')
    })
    createInterface({ input: socket }).on('line', (line) => {
      const answer = answerTo(line)
      if (answer !== undefined) socket.write(`${answer}\n`)
    })
  }
}
