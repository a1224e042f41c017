import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { RunningServer } from '@netpulse/server'
import { startServer } from '@netpulse/server'
import type { Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { expect } from 'vitest'

/** What a server is configured with. */
export type Configured = NonNullable<Parameters<typeof startServer>[0]>

export interface Answer<Body = Readonly<Record<string, unknown>>> {
  readonly status: number
  readonly headers: Headers
  readonly json: Body
}

export interface ErrorBody {
  readonly detail: string
  readonly code: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

const login = { username: 'admin', password: 'password-of-all' }

/** A message that a webhook's receiver got. */
export interface Message {
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readonly<Record<string, unknown>>
}

/** Takes webhooks, each with 204. */
class Receiver {
  readonly #server: Server
  readonly #messages: Message[] = []
  #arrived = (): void => undefined

  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response))
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  /** The next message that nobody has seen. */
  async next(): Promise<Message> {
    while (this.#messages.length === 0) await new Promise<void>((resolve) => (this.#arrived = resolve))
    return this.#messages.shift()!
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #take(
    request: Parameters<Parameters<typeof createServer>[1] & object>[0],
    response: { end: () => unknown; statusCode: number },
  ) {
    const body = (await json(request)) as Message['body']
    this.#messages.push({ method: request.method ?? '', headers: request.headers, body })
    response.statusCode = 204
    response.end()
    this.#arrived()
  }
}

/** The bundled server with simulated devices and a receiver of webhooks, asked as a client of the reference asks. */
export class ReferenceServer {
  readonly server: RunningServer
  readonly simulator: Simulator
  readonly receiver: Receiver

  private constructor(parts: { server: RunningServer; simulator: Simulator; receiver: Receiver }) {
    this.server = parts.server
    this.simulator = parts.simulator
    this.receiver = parts.receiver
  }

  static async start(config: Configured = {}): Promise<ReferenceServer> {
    const simulator = await startSimulator({
      devices: [
        { name: 'r1', platform: 'cisco_iosxe', telnetPort: 0, ...login },
        { name: 'slow', platform: 'cisco_iosxe', telnetPort: 0, thinkTimeMs: 120_000, ...login },
      ],
    })
    const receiver = new Receiver()
    await receiver.start()
    const server = await startServer({
      store: 'memory:',
      webhooks: { allow: ['127.0.0.1'] },
      log: { level: 'error' },
      worker: { drain_timeout: 0 },
      ...config,
      server: { port: 0 },
    })
    return new ReferenceServer({ server, simulator, receiver })
  }

  async stop(): Promise<void> {
    await this.server.stop()
    await Promise.all([this.simulator.stop(), this.receiver.stop()])
  }

  /** `connection_args` of a device. */
  connection(name = 'r1'): Readonly<Record<string, unknown>> {
    const { host, telnetPort } = this.simulator.device(name)
    return { device_type: 'cisco_ios_telnet', host, port: telnetPort, ...login }
  }

  /** A request that is taken, with what is said here. */
  request(more: object = {}, device = 'r1'): Readonly<Record<string, unknown>> {
    return { driver: 'netmiko', connection_args: this.connection(device), command: 'show clock', ...more }
  }

  async ask<Body = Readonly<Record<string, unknown>>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> {
    const answer = await fetch(this.server.url + path, {
      method,
      headers: {
        'x-api-key': this.server.newKey!,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true
    return { status: answer.status, headers: answer.headers, json: (isJson ? JSON.parse(text) : text) as Body }
  }

  exec<Body = Readonly<Record<string, unknown>>>(more: object = {}, device = 'r1'): Promise<Answer<Body>> {
    return this.ask<Body>('POST', '/device/exec', this.request(more, device))
  }

  /** A job that has ended. */
  async ended<Body = Readonly<Record<string, unknown>>>(more: object = {}, device = 'r1'): Promise<Body> {
    const { status, json: job } = await this.ask<Body>('POST', '/device/exec?wait=30', this.request(more, device))
    expect(status, JSON.stringify(job)).toBe(201)
    return job
  }
}

/** A type of JSON, `|` for one of several: `string|null`. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** Whether a value is of one of the types; a whole number is a number too. */
export function isOfType(value: unknown, types: string): boolean {
  const found = typeOf(value)
  return types.split('|').some((type) => type === found || (type === 'number' && found === 'integer') || type === 'any')
}
