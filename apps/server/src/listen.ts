import { isIPv6 } from 'node:net'
import type { createServer } from '@netpulse/api'
import { serverError } from './errors.js'

type App = Awaited<ReturnType<typeof createServer>>

/**
 * Listens, and answers with the URL to use from this machine.
 * @throws PORT_IN_USE, CANNOT_LISTEN
 */
export async function listen(app: App, host: string, port: number): Promise<string> {
  await app.listen({ host, port }).catch((cause: unknown) => {
    throw listenError(cause, host, port)
  })
  const address = app.server.address()
  return `http://${reachable(host)}:${typeof address === 'object' && address !== null ? address.port : port}`
}

/** An address that can be dialled: all addresses are none. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return isIPv6(host) ? `[${host}]` : host
}

function listenError(cause: unknown, host: string, port: number): Error {
  const { code } = cause as { code?: string }
  if (code === 'EADDRINUSE')
    return serverError(
      'PORT_IN_USE',
      `Port ${port} on ${host} is in use. Choose another with --port, or 0 for a free one.`,
      {
        cause,
      },
    )
  return serverError('CANNOT_LISTEN', `Cannot listen on ${host} port ${port}: ${code ?? 'unknown reason'}.`, { cause })
}
