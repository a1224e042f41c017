import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { driverError } from '@netpulse/driver-sdk'
import type { Opening } from '../opening.js'
import { timeoutError } from '../timeout-error.js'
import type { Endpoint } from './endpoint.js'

/** What the operating system says, in words that name the remedy. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the TCP connection: nothing listens there, or an access list refuses',
  ECONNRESET: 'reset the TCP connection while it was made',
  EHOSTUNREACH: 'cannot be reached: no route to the host',
  ENETUNREACH: 'cannot be reached: no route to its network',
  ETIMEDOUT: 'did not answer the TCP connection',
  ENOTFOUND: 'has a name that cannot be resolved',
  EAI_AGAIN: 'has a name that cannot be resolved now',
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | null)?.code

/** A host with several addresses fails with one error per address; the last one says as much as any. */
function systemCodeOf(error: Error): string {
  const inner = (error as { errors?: readonly unknown[] }).errors?.at(-1)
  return codeOf(inner) ?? codeOf(error) ?? 'UNKNOWN'
}

function connectError(endpoint: Endpoint, error: Error): Error {
  const code = systemCodeOf(error)
  const reason = reasons[code] ?? `could not be reached (${code})`
  return driverError('CONNECT_FAILED', `${endpoint.title} ${reason}.`, {
    details: { ...endpoint.details, reason: code },
    cause: error,
  })
}

const ignore = (): void => undefined

/**
 * A connected TCP socket without Nagle's delay, not yet flowing. On a throw the socket is closed.
 * @throws CONNECT_FAILED, CONNECT_TIMEOUT, ABORTED
 */
export async function dial(endpoint: Endpoint, timeoutMs: number, opening: Opening): Promise<Socket> {
  let socket: Socket | undefined
  const timedOut = (): Error => timeoutError(endpoint, 'accept the TCP connection', 'conn_timeout', timeoutMs)
  try {
    await opening.wait<void>({ timeoutMs, timedOut }, (resolve) => {
      // ssh2 never sets TCP_NODELAY: 48 ms instead of 3 ms per shell command against OpenSSH.
      socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true })
      socket.once('connect', resolve)
      socket.on('error', (error) => opening.fail(connectError(endpoint, error)))
    })
    // From here whoever uses the socket reports its errors; without any listener one would end the process.
    return socket!.removeAllListeners('error').on('error', ignore)
  } catch (error) {
    socket?.destroy()
    throw error
  }
}
