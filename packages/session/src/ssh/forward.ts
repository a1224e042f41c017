import { driverError } from '@netpulse/driver-sdk'
import type { ClientChannel } from 'ssh2'
import type { WaitLimit } from '../opening.js'
import type { Endpoint } from '../tcp/endpoint.js'
import { timeoutError } from '../timeout-error.js'
import type { SshHop } from './ssh-hop.js'

type Answer = (error: Error | undefined, channel: ClientChannel) => void

/** A TCP connection that one hop makes for us: a channel `direct-tcpip` (RFC 4254 section 7.2). */
export interface Forwarding {
  readonly limit: WaitLimit
  readonly start: (answer: Answer) => void
  /** What the hop's refusal means. */
  readonly refused: (error: Error) => Error
}

/** How `hop` is asked for a connection to `endpoint`. */
export function forwardingTo(endpoint: Endpoint, { client, plan }: SshHop, timeoutMs: number): Forwarding {
  const through = plan.endpoint.address
  return {
    limit: {
      timeoutMs,
      timedOut: () => timeoutError(endpoint, `answer through ${through}`, 'conn_timeout', timeoutMs),
    },
    start: (answer) => void client.forwardOut('127.0.0.1', 0, endpoint.host, endpoint.port, answer),
    refused: (cause) =>
      driverError(
        'CONNECT_FAILED',
        `${endpoint.title} cannot be reached from ${through}: ${cause.message.replace(/^\(SSH\) /, '')}.`,
        { details: { ...endpoint.details, through, reason: 'FORWARD' }, cause },
      ),
  }
}
