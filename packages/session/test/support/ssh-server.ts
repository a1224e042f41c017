import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { createHash } from 'node:crypto'
import ssh2 from 'ssh2'
import type { Algorithms, AuthContext, Connection, ServerChannel, Session } from 'ssh2'
import { TcpListener } from './tcp-listener.js'

export interface TestKey {
  readonly private: string
  readonly public: string
  /** Public key blob, base64. */
  readonly blob: string
  readonly fingerprint: string
}

type KeyType = 'ed25519' | 'rsa' | 'ecdsa'

/** A fresh key pair in OpenSSH's format. */
export function newKey(type: KeyType = 'ed25519', passphrase?: string): TestKey {
  const size = { ed25519: {}, rsa: { bits: 2048 }, ecdsa: { bits: 256 } }[type]
  const protection = passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 4 }
  const generate = ssh2.utils.generateKeyPairSync as (
    type: KeyType,
    options: object,
  ) => { private: string; public: string }
  let pair = generate(type, { ...size, ...protection })
  // ssh2 1.17 writes one ed25519 key in 400 wrongly: nothing can read it.
  while (ssh2.utils.parseKey(pair.private, passphrase) instanceof Error)
    pair = generate(type, { ...size, ...protection })
  const blob = pair.public.split(' ')[1]!
  const fingerprint = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')
  return { private: pair.private, public: pair.public, blob, fingerprint }
}

export interface TestServerOptions {
  readonly hostKeys?: readonly TestKey[]
  readonly algorithms?: Algorithms
  readonly ident?: string
  /** Decides on each attempt. Default: user `netops`, password `secret`. */
  readonly onAuth?: (context: AuthContext, attempt: number) => void
  /** Default: echoes back what it gets. */
  readonly onShell?: (channel: ServerChannel, connection: Connection) => void
  readonly onExec?: (channel: ServerChannel, command: string) => void
  readonly refuseShell?: boolean
  /** Lets connections through to other ports of 127.0.0.1. */
  readonly forward?: boolean
  /** Is told of each wish for a connection instead, and leaves it without an answer. */
  readonly onForward?: () => void
}

const byPassword = (context: AuthContext): void => {
  if (context.method === 'password' && context.username === 'netops' && context.password === 'secret') context.accept()
  else context.reject(['password'])
}

/** An SSH server in this process: ssh2's own. */
export class TestSshServer {
  readonly hostKeys: readonly TestKey[]
  /** Login attempts, `method` each, in order. */
  readonly attempts: string[] = []
  readonly passwords: string[] = []
  /** Window and terminal of the shells that were opened. */
  readonly terminals: { term?: string; rows: number; cols: number }[] = []
  readonly #tcp: TcpListener

  private constructor(tcp: TcpListener, hostKeys: readonly TestKey[]) {
    this.#tcp = tcp
    this.hostKeys = hostKeys
  }

  static async start(options: TestServerOptions = {}): Promise<TestSshServer> {
    const hostKeys = options.hostKeys ?? [newKey()]
    const { algorithms, ident } = options
    const server = new ssh2.Server({
      hostKeys: hostKeys.map((key) => key.private),
      ...(algorithms === undefined ? {} : { algorithms }),
      ...(ident === undefined ? {} : { ident }),
    })
    const tcp = await TcpListener.start((socket) => server.injectSocket(socket))
    const test = new TestSshServer(tcp, hostKeys)
    server.on('connection', (connection) => test.#serve(connection, options))
    return test
  }

  get port(): number {
    return this.#tcp.port
  }

  get tcp(): TcpListener {
    return this.#tcp
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Stops reading and answering, with every connection left open. */
  freeze(): void {
    for (const socket of this.#tcp.open) socket.removeAllListeners('data').pause()
  }

  close(): Promise<void> {
    return this.#tcp.close()
  }

  #serve(connection: Connection, options: TestServerOptions): void {
    connection.on('error', () => undefined)
    connection.on('authentication', (context) => {
      this.attempts.push(context.method)
      if (context.method === 'password') this.passwords.push(context.password)
      const decide = options.onAuth ?? byPassword
      decide(context, this.attempts.length)
    })
    connection.on('session', (accept) => this.#serveSession(accept(), connection, options))
    connection.on('tcpip', (accept, reject, info) => {
      if (options.onForward !== undefined) return options.onForward()
      if (options.forward !== true) return reject()
      const onward = connect({ host: info.destIP, port: info.destPort, noDelay: true })
      onward.once('connect', () => pipeBoth(accept(), onward))
      onward.once('error', () => reject())
    })
  }

  #serveSession(session: Session, connection: Connection, options: TestServerOptions): void {
    session.on('pty', (accept, _reject, info) => {
      const { rows, cols } = info
      this.terminals.push({ term: (info as unknown as { term: string }).term, rows, cols })
      accept()
    })
    session.on('shell', (accept, reject) => {
      if (options.refuseShell === true) return reject()
      const channel = accept()
      channel.on('error', () => undefined)
      if (options.onShell === undefined) channel.on('data', (bytes: Buffer) => channel.write(bytes))
      else options.onShell(channel, connection)
    })
    session.on('exec', (accept, reject, info) => {
      if (options.onExec === undefined) return reject()
      options.onExec(accept(), info.command)
    })
    session.on('subsystem', (accept, reject, info) => {
      if (info.name !== 'echo') return reject()
      const channel = accept()
      channel.on('error', () => undefined)
      channel.on('data', (bytes: Buffer) => channel.write(bytes))
    })
  }
}

function pipeBoth(channel: ServerChannel, socket: Socket): void {
  channel.on('error', () => socket.destroy())
  channel.pipe(socket).pipe(channel)
  channel.on('close', () => socket.destroy())
  socket.on('error', () => channel.close())
}
