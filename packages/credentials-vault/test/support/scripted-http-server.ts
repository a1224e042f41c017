import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What to answer: a status with a body, or nothing ever. */
export type Scripted = { readonly status: number; readonly body?: object; readonly location?: string } | 'hang' | 'cut'

export interface SeenRequest {
  readonly path: string
  readonly token: string | undefined
}

/**
 * An HTTP server whose answers a test gives. It knows nothing of Vault: for what a real one does not do on request, such as
 * to hang, to answer with rubbish, or to be near the end of a token's life.
 */
export class ScriptedHttpServer implements AsyncDisposable {
  readonly seen: SeenRequest[] = []
  answer: (request: SeenRequest) => Scripted = () => ({ status: 404 })
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = []
  readonly #server = createServer((request, response) => this.#take(request, response))

  static async start(): Promise<ScriptedHttpServer> {
    const scripted = new ScriptedHttpServer()
    scripted.#server.listen(0, '127.0.0.1')
    await once(scripted.#server, 'listening')
    return scripted
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves when so many requests have come in all. */
  requests(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.seen.length >= count) resolve()
      else this.#waiting.push({ count, resolve })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const token = request.headers['x-vault-token']
    const seen = { path: request.url ?? '', token: typeof token === 'string' ? token : undefined }
    this.seen.push(seen)
    request.resume()
    const answer = this.answer(seen)
    if (answer === 'cut') request.socket.destroy()
    else if (answer !== 'hang') {
      response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location })
      response.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
    }
    for (const { count, resolve } of this.#waiting) if (this.seen.length >= count) resolve()
  }
}
