import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { workerError } from './errors.js'
import type { ProcessState } from './supervised-process.js'

/** The probes' endpoint, listening. */
export interface HealthServer {
  readonly url: string
  close(): Promise<void>
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(text)
}

function answerText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
}

/** What the endpoint tells. */
export interface Told {
  readonly states: () => readonly ProcessState[]
  /** In the text format of Prometheus; never throws. */
  readonly metrics: () => Promise<string>
}

/**
 * Serves `/health/live`, this process answers, and `/health/ready`, every node process is registered and its last
 * heartbeat is young; 503 when not. `/metrics` is the text for Prometheus. No key: nothing of jobs or devices is told.
 * @throws HEALTH_PORT_UNAVAILABLE
 */
export async function serveHealth(
  { host, port }: { readonly host: string; readonly port: number },
  { states, metrics }: Told,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, { status: 'not allowed' })
    if (path === '/health' || path === '/health/live') return answer(response, 200, { status: 'ok' })
    if (path === '/metrics') return void metrics().then((text) => answerText(response, text))
    if (path !== '/health/ready') return answer(response, 404, { status: 'not found' })
    const processes = states()
    const ready = processes.length > 0 && processes.every((process) => process.ready)
    answer(response, ready ? 200 : 503, { status: ready ? 'ok' : 'unavailable', processes })
  })
  try {
    await once(server.listen(port, host), 'listening')
  } catch (cause) {
    const { code = 'unknown reason' } = cause as { code?: string }
    throw workerError(
      'HEALTH_PORT_UNAVAILABLE',
      `The health endpoint cannot listen on ${host} port ${port}: ${code}.`,
      {
        cause,
      },
    )
  }
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
