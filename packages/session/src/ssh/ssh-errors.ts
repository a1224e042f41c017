import { driverError } from '@netpulse/driver-sdk'
import type { Endpoint } from '../tcp/endpoint.js'
import type { ServerOffer } from './server-hello.js'

/** What ssh2 adds to its errors: where they come from, or the reason of a DISCONNECT (RFC 4253 section 11.1). */
export interface TransportError extends Error {
  readonly level?: string
  readonly code?: string | number
}

const keyExchangeFailed = 3
const tooManyFailures = 14

/** Which list had nothing in common, from ssh2's sentence. */
function categoryOf(message: string): keyof ServerOffer | undefined {
  if (/key exchange/i.test(message)) return 'kex'
  if (/host key/i.test(message)) return 'hostKey'
  if (/cipher/i.test(message)) return 'cipher'
  return /\bMAC\b/i.test(message) ? 'mac' : undefined
}

const categoryNames = { kex: 'key exchange', hostKey: 'host key', cipher: 'cipher', mac: 'MAC' } as const

function mismatch(endpoint: Endpoint, message: string, offer: ServerOffer | undefined): Error {
  const category = categoryOf(message)
  const offered = category === undefined ? undefined : offer?.[category]
  const what = category === undefined ? 'algorithm' : `${categoryNames[category]} algorithm`
  const list = offered === undefined ? '' : ` It offers: ${offered.join(', ')}.`
  return driverError(
    'ALGORITHM_MISMATCH',
    `${endpoint.title} has no ${what} in common with NetPulse.${list} Set \`legacy_algorithms\` for this device if it is old.`,
    { details: { ...endpoint.details, ...(offer === undefined ? {} : { offered: { ...listsOf(offer) } }) } },
  )
}

const listsOf = ({ kex, hostKey, cipher, mac }: ServerOffer): Record<string, string[]> => ({
  kex: [...kex],
  hostKey: [...hostKey],
  cipher: [...cipher],
  mac: [...mac],
})

/** Why a connection did not get through its first key exchange. */
export function handshakeError(
  endpoint: Endpoint,
  error: TransportError | undefined,
  offer: ServerOffer | undefined,
): Error {
  const message = error?.message ?? ''
  if (/no matching/i.test(message) || error?.code === keyExchangeFailed) return mismatch(endpoint, message, offer)
  const closed = error === undefined || error.level === 'client-socket' || /lost before handshake/i.test(message)
  const what = closed
    ? 'closed the connection before the SSH handshake was complete: too many sessions, or an access list'
    : `does not answer as an SSH server: ${message}`
  return driverError('CONNECT_FAILED', `${endpoint.title} ${what}.`, {
    details: { ...endpoint.details, reason: closed ? 'CLOSED' : 'PROTOCOL' },
    ...(error === undefined ? {} : { cause: error }),
  })
}

/** Whether the server says by a DISCONNECT that the login has failed. */
export const isLoginRefusal = (error: TransportError | undefined): boolean =>
  error?.code === tooManyFailures || /authentication/i.test(error?.message ?? '')

/** Why an established connection is no more. */
export function lostError(endpoint: Endpoint, error?: TransportError): Error {
  const frozen = error?.level === 'client-timeout'
  const what = frozen
    ? 'did not answer the transport keepalives'
    : error === undefined
      ? 'closed the connection'
      : `dropped the connection: ${error.message}`
  return driverError('SESSION_LOST', `${endpoint.title} ${what}.`, {
    details: { ...endpoint.details, reason: frozen ? 'KEEPALIVE' : 'CLOSED' },
    ...(error === undefined ? {} : { cause: error }),
  })
}
