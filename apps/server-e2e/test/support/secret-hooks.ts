import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Canary } from './canaries.js'
import { canaryText, plainCanary } from './canaries.js'

/** What a receiver of webhooks got. */
export interface Got {
  readonly headers: string
  readonly body: string
}

/**
 * A receiver of webhooks that knows secrets of its own: in the URL, in headers, cookies and login. Below `/broken/` it
 * fails, and says in its answer all that it was told.
 */
export class SecretHooks {
  readonly got: Got[] = []
  readonly #values = {
    'hook path': plainCanary('hook-path'),
    'hook query': plainCanary('hook-query'),
    'hook header': plainCanary('hook-header'),
    'hook cookie': plainCanary('hook-cookie'),
    'hook password': canaryText('hook-password'),
  }
  readonly #signing = randomBytes(32).toString('base64')
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response))
  }

  static async start(): Promise<SecretHooks> {
    const hooks = new SecretHooks()
    hooks.#server.listen(0, '127.0.0.1')
    await once(hooks.#server, 'listening')
    return hooks
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** What the servers are told. */
  get environment(): Record<string, string> {
    return { NETPULSE_WEBHOOKS__ALLOW: '127.0.0.1', NETPULSE_WEBHOOKS__SECRET: `whsec_${this.#signing}` }
  }

  /** Secrets that the receiver is told, because it has to be. */
  get own(): readonly Canary[] {
    return Object.entries(this.#values).map(([name, value]) => ({ name, value }))
  }

  /** The secret that signs: nobody is told. */
  get signing(): Canary {
    return { name: 'signing secret', value: this.#signing }
  }

  /** `webhook` of a request. */
  request(kind: 'good' | 'broken'): object {
    const { port } = this.#server.address() as AddressInfo
    const values = this.#values
    return {
      url: `http://127.0.0.1:${port}/${kind}/${values['hook path']}?token=${values['hook query']}`,
      headers: { 'X-Token': values['hook header'], Authorization2: `Bearer ${values['hook header']}` },
      cookies: { session: values['hook cookie'] },
      auth: ['netops', values['hook password']],
      max_retries: 1,
      retry_intervals: [0],
      events: ['job.started', 'job.completed', 'job.failed', 'job.canceled', 'job.expired'],
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = JSON.stringify(request.rawHeaders)
    const body = await text(request)
    this.got.push({ headers, body })
    response.statusCode = request.url!.startsWith('/good/') ? 204 : 500
    response.end(response.statusCode === 204 ? undefined : JSON.stringify([request.url, headers, body, this.#values]))
  }
}
