import type { Socket } from 'node:net'
import type { Clock } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'
import type { ClientChannel, PseudoTtyOptions } from 'ssh2'
import { sessionError } from '../errors.js'
import { Opening } from '../opening.js'
import type { WaitLimit } from '../opening.js'
import { closeSocket } from '../tcp/close-socket.js'
import type { Endpoint } from '../tcp/endpoint.js'
import { timeoutError } from '../timeout-error.js'
import { forwardingTo } from './forward.js'
import { SshChannelProcess } from './ssh-channel-process.js'
import { SshChannelStream } from './ssh-channel-stream.js'
import type { SshConnection, SshExecOptions, SshHopInfo, SshProcess, SshStream, Terminal } from './ssh-connection.js'
import { lostError } from './ssh-errors.js'
import type { SshHop } from './ssh-hop.js'

/** What ends with the connection: channels, and openings of channels. */
export interface Dependant {
  fail(error: Error): void
}

/** How ssh2 answers to the wish for a channel. */
type Answer = (error: Error | undefined, channel: ClientChannel) => void

interface ChannelRequest<T extends Dependant> {
  /** `a shell`, `the subsystem sftp`. */
  readonly what: string
  readonly start: (answer: Answer) => void
  readonly limit?: WaitLimit
  /** What the server's refusal means, where it is not about the server itself. */
  readonly refused?: (error: Error) => Error
  /** Called as soon as the channel is there: its first bytes and its end may come with the same packet. */
  readonly wrap: (channel: ClientChannel) => T
}

/** Some devices wrap or redraw echoes at the width, and some trust the height for their pager. */
function pty({ type = 'vt100', columns = 511, rows = 1000 }: Terminal): PseudoTtyOptions {
  return { term: type, cols: columns, rows, width: 0, height: 0 }
}

/** A logged-in connection through its hops; the last one is the device. */
export class SshChain implements SshConnection {
  readonly #hops: readonly SshHop[]
  readonly #device: SshHop
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #dependants = new Set<Dependant>()
  readonly #lostListeners: ((error: Error) => void)[] = []
  #open = true
  /** Set when the connection ended without `close`. */
  #lost: Error | undefined

  constructor(hops: readonly SshHop[], socket: Socket, clock: Clock) {
    this.#hops = hops
    this.#device = hops.at(-1)!
    this.#socket = socket
    this.#clock = clock
  }

  get info(): SshHopInfo {
    return this.#device.info
  }

  get jumpHosts(): readonly SshHopInfo[] {
    return this.#hops.slice(0, -1).map((hop) => hop.info)
  }

  shell(terminal: Terminal, signal: AbortSignal): Promise<SshStream> {
    const start = (answer: Answer): unknown => this.#device.client.shell(pty(terminal), answer)
    const wrap = (channel: ClientChannel): SshChannelStream => new SshChannelStream(channel, this.#forget)
    return this.#openChannel({ what: 'a shell', start, wrap }, signal)
  }

  exec(command: string, options: SshExecOptions, signal: AbortSignal): Promise<SshProcess> {
    const { terminal, environment } = options
    const settings = {
      ...(terminal === undefined ? {} : { pty: pty(terminal) }),
      ...(environment === undefined ? {} : { env: { ...environment } }),
    }
    const start = (answer: Answer): unknown => this.#device.client.exec(command, settings, answer)
    const wrap = (channel: ClientChannel): SshChannelProcess => new SshChannelProcess(channel, this.#forget)
    return this.#openChannel({ what: 'a command', start, wrap }, signal)
  }

  subsystem(name: string, signal: AbortSignal): Promise<SshStream> {
    const start = (answer: Answer): unknown => this.#device.client.subsys(name, answer)
    const wrap = (channel: ClientChannel): SshChannelStream => new SshChannelStream(channel, this.#forget)
    return this.#openChannel({ what: `the subsystem ${name}`, start, wrap }, signal)
  }

  /**
   * A TCP connection from the last hop to another machine.
   * @throws CONNECT_FAILED, CONNECT_TIMEOUT, SESSION_LOST, ABORTED
   */
  forward(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<SshStream> {
    const forwarding = forwardingTo(endpoint, this.#device, timeoutMs)
    const wrap = (channel: ClientChannel): SshChannelStream => {
      const stream = new SshChannelStream(channel, this.#forget)
      // OpenSSH tells the far end's close by EOF alone, and keeps the channel until our side ends, too.
      channel.on('end', () => stream.close())
      return stream
    }
    return this.#openChannel({ what: `a connection to ${endpoint.address}`, wrap, ...forwarding }, signal)
  }

  onLost(listener: (error: Error) => void): void {
    const error = this.#lost
    if (error !== undefined) queueMicrotask(() => listener(error))
    else this.#lostListeners.push(listener)
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#endDependants(this.#closedError())
    for (const hop of this.#hops.toReversed()) hop.end()
    closeSocket(this.#socket, this.#clock)
  }

  /** A hop has failed: nothing that runs through it can live on. */
  lose(error: Error): void {
    if (!this.#open) return
    this.#open = false
    this.#lost = error
    this.#socket.destroy()
    this.#endDependants(error)
    for (const listener of this.#lostListeners.splice(0)) listener(error)
  }

  async #openChannel<T extends Dependant>(request: ChannelRequest<T>, signal: AbortSignal): Promise<T> {
    const { endpoint, authTimeoutMs: timeoutMs } = this.#device.plan
    if (!this.#open) throw this.#lost ?? this.#closedError()
    const opening = new Opening(this.#clock, signal, `Opening ${request.what} on ${endpoint.address}`)
    this.#dependants.add(opening)
    const timedOut = (): Error => timeoutError(endpoint, `open ${request.what}`, 'auth_timeout', timeoutMs)
    const { limit = { timeoutMs, timedOut } } = request
    try {
      return await opening.wait<T>(limit, (resolve) => this.#start(request, opening, resolve))
    } finally {
      this.#dependants.delete(opening)
      opening.end()
    }
  }

  #start<T extends Dependant>(request: ChannelRequest<T>, opening: Opening, resolve: (channel: T) => void): void {
    try {
      request.start((error, channel) => {
        if (error !== undefined) return opening.fail(request.refused?.(error) ?? this.#refused(request.what, error))
        // Nobody waits any more: what came too late must not stay open on the device.
        if (!this.#dependants.has(opening)) return channel.close()
        const wrapped = request.wrap(channel)
        this.#dependants.add(wrapped)
        resolve(wrapped)
      })
    } catch (error) {
      // ssh2 throws when the socket has ended and the event has not come yet.
      opening.fail(lostError(this.#device.plan.endpoint, error as Error))
    }
  }

  readonly #forget = (dependant: Dependant): void => {
    this.#dependants.delete(dependant)
  }

  #refused(what: string, error: Error): Error {
    const { title, details } = this.#device.plan.endpoint
    return sessionError('CHANNEL_REFUSED', `${title} let us in but did not open ${what}: ${error.message}.`, {
      details: { ...details },
      cause: error,
    })
  }

  #closedError(): Error {
    const { title, details } = this.#device.plan.endpoint
    return driverError('SESSION_LOST', `${title}: the connection was closed from here.`, { details: { ...details } })
  }

  #endDependants(error: Error): void {
    for (const dependant of [...this.#dependants]) dependant.fail(error)
    this.#dependants.clear()
  }
}
