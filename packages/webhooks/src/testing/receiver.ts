import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a receiver was sent. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Answer = (response: ServerResponse, received: Received) => void

/** An HTTP server on loopback that keeps what it is sent and answers as the test says. */
export class Receiver {
  readonly received: Received[] = []
  readonly url: string
  answer: Answer
  readonly #server: ReturnType<typeof createServer>
  readonly #waits: { readonly count: number; readonly resolve: () => void }[] = []

  private constructor(server: ReturnType<typeof createServer>, answer: Answer) {
    this.#server = server
    this.answer = answer
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', (request, response) => void this.#take(request, response))
  }

  static async start(answer: Answer = status(204)): Promise<Receiver> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Receiver(server, answer)
  }

  /** Resolves once so many requests have come in all. */
  async got(count: number): Promise<readonly Received[]> {
    if (this.received.length < count) await new Promise<void>((resolve) => this.#waits.push({ count, resolve }))
    return this.received
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url = '', headers } = request
    const received = { method, path: url, headers, body: Buffer.concat(chunks).toString() }
    this.received.push(received)
    this.answer(response, received)
    for (const wait of this.#waits) if (this.received.length >= wait.count) wait.resolve()
  }
}

/** Answers with a status. */
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end()

/** Takes the request and never answers. */
export const silence: Answer = () => undefined

/** Answers 200 and a body that never ends. */
export const endless: Answer = (response) => {
  response.writeHead(200)
  const block = Buffer.alloc(64 * 1024, 'x')
  const write = (): void => {
    while (!response.destroyed && response.write(block));
  }
  response.on('drain', write)
  response.on('error', () => undefined)
  write()
}
