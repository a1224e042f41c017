import type { BinaryStream } from '../byte-stream.js'
import { connectJumpHosts } from '../ssh/connect-ssh.js'
import type { SshServices } from '../ssh/connect-ssh.js'
import { OwningStream } from '../ssh/owning-stream.js'
import type { SshEndpoint } from '../ssh/ssh-target.js'
import { Opening } from '../opening.js'
import { dial } from '../tcp/dial.js'
import { deviceEndpoint } from '../tcp/endpoint.js'
import type { Endpoint } from '../tcp/endpoint.js'
import { TcpStream } from '../tcp/tcp-stream.js'
import type { TelnetManner, TelnetStream } from './telnet-session.js'
import { TelnetSession } from './telnet-session.js'

/** A telnet server. The login is a dialogue in the stream: whoever opens it answers it. */
export interface TelnetTarget extends TelnetManner {
  readonly host: string
  /** @defaultValue 23 */
  readonly port?: number
  /**
   * From dialling to the TCP connection; also for the forwarding by a jump host.
   * @defaultValue 10000
   */
  readonly connectTimeoutMs?: number
  /**
   * Milliseconds of silence before TCP itself probes the connection; 0 leaves it to the write of the next command. Behind
   * jump hosts the way is probed by their own keepalives.
   * @defaultValue 0
   */
  readonly keepaliveIntervalMs?: number
  /** SSH servers to go through, the first one dialled first; the last one connects to the device. */
  readonly jumpHosts?: readonly SshEndpoint[]
}

/** The port of a telnet server that gives none. */
export const defaultTelnetPort = 23
const defaultConnectTimeoutMs = 10_000

async function openDirectly(
  endpoint: Endpoint,
  { connectTimeoutMs = defaultConnectTimeoutMs, keepaliveIntervalMs = 0 }: TelnetTarget,
  { clock }: SshServices,
  signal: AbortSignal,
): Promise<BinaryStream> {
  const opening = new Opening(clock, signal, `Connecting to ${endpoint.address}`)
  try {
    const socket = await dial(endpoint, connectTimeoutMs, opening)
    if (keepaliveIntervalMs > 0) socket.setKeepAlive(true, keepaliveIntervalMs)
    return new TcpStream(socket, endpoint, clock)
  } finally {
    opening.end()
  }
}

async function openThrough(
  [first, ...others]: readonly [SshEndpoint, ...SshEndpoint[]],
  way: { readonly endpoint: Endpoint; readonly timeoutMs: number },
  services: SshServices,
  signal: AbortSignal,
): Promise<BinaryStream> {
  const connection = await connectJumpHosts([first, ...others], services, signal)
  try {
    return new OwningStream(connection, await connection.forward(way.endpoint, way.timeoutMs, signal))
  } catch (error) {
    connection.close()
    throw error
  }
}

/**
 * Connects to a telnet server, through its jump hosts if it has some, and answers its option negotiations. On a throw no
 * socket is left open. `signal` ends the opening only. Data flows once `onData` has its listener.
 * @throws CONNECT_FAILED, CONNECT_TIMEOUT, ABORTED; for jump hosts as `connectSsh`
 */
export async function openTelnet(
  target: TelnetTarget,
  services: SshServices,
  signal: AbortSignal,
): Promise<TelnetStream> {
  const endpoint = deviceEndpoint(target.host, target.port ?? defaultTelnetPort)
  const { connectTimeoutMs: timeoutMs = defaultConnectTimeoutMs } = target
  const [first, ...others] = target.jumpHosts ?? []
  const stream =
    first === undefined
      ? await openDirectly(endpoint, target, services, signal)
      : await openThrough([first, ...others], { endpoint, timeoutMs }, services, signal)
  return new TelnetSession(stream, target)
}
