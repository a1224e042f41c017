import type { HostKey } from '@netpulse/driver-sdk'
import type { BinaryStream } from '../byte-stream.js'

/** What one hop of a connection negotiated. */
export interface SshHopInfo {
  /** `host:port` as it was dialled. */
  readonly address: string
  /** The server's software version and comments: `OpenSSH_9.2p1 Debian-2`, `Cisco-1.25`. */
  readonly remoteIdent: string
  readonly hostKey: HostKey
  readonly algorithms: NegotiatedSshAlgorithms
}

export interface NegotiatedSshAlgorithms {
  readonly kex: string
  /** Signature algorithm of the host key. */
  readonly hostKey: string
  /** From NetPulse to the server; both directions are alike unless the server insists. */
  readonly cipher: string
  /** Empty where the cipher brings its own. */
  readonly mac: string
  readonly compression: string
}

/** The terminal that a shell is given. */
export interface Terminal {
  /**
   * Terminal type.
   * @defaultValue 'vt100'
   */
  readonly type?: string
  /**
   * Columns. Wide, so that devices do not redraw long echoes; more than 511 is refused or cut by some.
   * @defaultValue 511
   */
  readonly columns?: number
  /**
   * Rows. High, so that a device that trusts the terminal does not page.
   * @defaultValue 1000
   */
  readonly rows?: number
}

/** A channel of an SSH connection. */
export type SshStream = BinaryStream

/** How a remote command ended. Both absent: the server did not say. */
export interface SshExit {
  readonly status?: number
  /** `SIGTERM`, ... */
  readonly signal?: string
}

/** A running remote command. */
export interface SshProcess {
  /** Queues text (as UTF-8) or bytes for the command's standard input. */
  write(data: string | Uint8Array): void
  /** Ends the command's standard input. */
  endInput(): void
  /** One listener each, set before `onExit`. */
  onStdout(listener: (bytes: Uint8Array) => void): void
  onStderr(listener: (bytes: Uint8Array) => void): void
  /**
   * Starts the flow of output and tells the end, once, after the last output. `error` (SESSION_LOST) when the
   * connection ended before the command.
   */
  onExit(listener: (exit: SshExit, error?: Error) => void): void
  /** Sends a signal by its name without `SIG`; OpenSSH servers since 7.9 pass it on. */
  signal(name: string): void
  /** Closes the channel; the server ends the command as its rules are. Idempotent. */
  close(): void
}

export interface SshExecOptions {
  /** Absent: no terminal, so that standard error stays apart. */
  readonly terminal?: Terminal
  /** Environment variables; servers take those that they allow. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A logged-in SSH connection through all its jump hosts. It may carry several channels at a time. */
export interface SshConnection {
  /** The device's end. */
  readonly info: SshHopInfo
  /** The jump hosts, in the order of dialling. */
  readonly jumpHosts: readonly SshHopInfo[]
  /** @throws CHANNEL_REFUSED, CONNECT_TIMEOUT, SESSION_LOST, ABORTED */
  shell(terminal: Terminal, signal: AbortSignal): Promise<SshStream>
  /** @throws CHANNEL_REFUSED, CONNECT_TIMEOUT, SESSION_LOST, ABORTED */
  exec(command: string, options: SshExecOptions, signal: AbortSignal): Promise<SshProcess>
  /** @throws CHANNEL_REFUSED, CONNECT_TIMEOUT, SESSION_LOST, ABORTED */
  subsystem(name: string, signal: AbortSignal): Promise<SshStream>
  /** Called once when the connection ends without `close`; at once when it has. */
  onLost(listener: (error: Error) => void): void
  /** Ends the connection and those to its jump hosts. Idempotent. */
  close(): void
}
