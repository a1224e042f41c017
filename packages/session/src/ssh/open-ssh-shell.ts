import type { ByteStream } from '../byte-stream.js'
import { connectSsh } from './connect-ssh.js'
import type { SshServices } from './connect-ssh.js'
import { OwningStream } from './owning-stream.js'
import type { SshConnection, SshHopInfo, SshStream, Terminal } from './ssh-connection.js'
import type { SshTarget } from './ssh-target.js'

/** A shell on a device that owns its connection: one ends with the other. */
export interface SshShell extends ByteStream {
  readonly info: SshHopInfo
  readonly jumpHosts: readonly SshHopInfo[]
}

class OwningShell extends OwningStream implements SshShell {
  readonly #connection: SshConnection

  constructor(connection: SshConnection, stream: SshStream) {
    super(connection, stream)
    this.#connection = connection
  }

  get info(): SshHopInfo {
    return this.#connection.info
  }

  get jumpHosts(): readonly SshHopInfo[] {
    return this.#connection.jumpHosts
  }
}

/**
 * Connects, logs in and opens a shell with a terminal. Closing the shell closes the connection and its jump hosts.
 * @throws as `connectSsh`, and CHANNEL_REFUSED
 */
export async function openSshShell(
  target: SshTarget & { readonly terminal?: Terminal },
  services: SshServices,
  signal: AbortSignal,
): Promise<SshShell> {
  const connection = await connectSsh(target, services, signal)
  try {
    return new OwningShell(connection, await connection.shell(target.terminal ?? {}, signal))
  } catch (error) {
    connection.close()
    throw error
  }
}
