import { timingSafeEqual } from 'node:crypto'
import { connect } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import ssh2 from 'ssh2'
import type {
  AuthContext,
  Connection as SshClient,
  KeyboardAuthContext,
  PasswordAuthContext,
  PublicKeyAuthContext,
  Server as SshServer,
  ServerChannel,
  Session as SshSession,
  TcpipRequestInfo,
} from 'ssh2'
import type { Screen } from '../cli/cli-session.js'
import type { Connection } from './connection.js'
import type { Account, EndpointHost } from './endpoint-host.js'
import { createSshServer } from './ssh-server.js'
import type { ParsedHostKey } from './ssh-server.js'

const key = (address: string | undefined, port: number | undefined): string => `${address}|${port}`

/** SSH for one device. The SSH server behind it is made with the first connection, and anew with another host key. */
export class SshEndpoint {
  readonly #host: EndpointHost
  readonly #connections = new Map<string, Connection>()
  #server: SshServer | undefined
  #hostKey: () => ParsedHostKey

  constructor(host: EndpointHost, hostKey: () => ParsedHostKey) {
    this.#host = host
    this.#hostKey = hostKey
  }

  get hostKey(): ParsedHostKey {
    return this.#hostKey()
  }

  /** From the next connection on. */
  setHostKey(parsed: ParsedHostKey): void {
    this.#hostKey = () => parsed
    this.#server = undefined
  }

  accept(connection: Connection): void {
    const { socket } = connection
    const id = key(socket.remoteAddress, socket.remotePort)
    this.#connections.set(id, connection)
    socket.once('close', () => this.#connections.delete(id))
    this.#server ??= createSshServer(this.#host.spec, this.#hostKey(), (client, info) => {
      const found = this.#connections.get(key(info.ip, info.port))
      if (found === undefined) client.end()
      else new SshLogin(this.#host, found, client).start()
    })
    this.#server.injectSocket(socket)
  }
}

/** One SSH client: its login, then its channels. */
class SshLogin {
  readonly #host: EndpointHost
  readonly #connection: Connection
  readonly #client: SshClient
  #account: Account | undefined

  constructor(host: EndpointHost, connection: Connection, client: SshClient) {
    this.#host = host
    this.#connection = connection
    this.#client = client
  }

  start(): void {
    // A client that hangs up or speaks badly: 'close' of the socket follows and tells.
    this.#client.on('error', () => {})
    this.#client.on('authentication', (context) => this.#authenticate(context))
    this.#client.on('session', (accept) => this.#openSession(accept()))
    if (this.#host.spec.jump === true) this.#client.on('tcpip', (accept, reject, info) => forward(accept, reject, info))
  }

  #authenticate(context: AuthContext): void {
    const methods = [...this.#host.authMethods]
    const isOffered = methods.some((method) => method === context.method)
    if (!isOffered) return this.#reject(context)
    switch (context.method) {
      case 'password':
        return this.#byPassword(context)
      case 'keyboard-interactive':
        return this.#byKeyboard(context)
      case 'publickey':
        return this.#byKey(context)
      default:
        return this.#settle(context, this.#host.admit(context.username, 'none', this.#connection.session))
    }
  }

  #byPassword(context: PasswordAuthContext): void {
    const { username, password } = context
    this.#settle(context, this.#host.checkPassword(username, password, 'password', this.#connection.session))
  }

  #byKeyboard(context: KeyboardAuthContext): void {
    context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
      const { session } = this.#connection
      const answer = answers[0] ?? ''
      this.#settle(context, this.#host.checkPassword(context.username, answer, 'keyboard-interactive', session))
    })
  }

  #byKey(context: PublicKeyAuthContext): void {
    const known = this.#host.spec.authorizedKeys?.map((text) => ssh2.utils.parseKey(text)) ?? []
    const { session } = this.#connection
    for (const parsed of known) {
      if (parsed instanceof Error || !sameBytes(parsed.getPublicSSH(), context.key.data)) continue
      if (context.signature === undefined || context.blob === undefined) return context.accept()
      const isValid = parsed.verify(context.blob, context.signature, context.hashAlgo) === true
      if (isValid) return this.#settle(context, this.#host.admit(context.username, 'publickey', session))
    }
    this.#host.rejected(context.username, 'publickey', session)
    this.#reject(context)
  }

  #settle(context: AuthContext, account: Account | undefined): void {
    if (account === undefined) return this.#reject(context)
    this.#account = account
    context.accept()
  }

  #reject(context: AuthContext): void {
    context.reject([...this.#host.authMethods])
  }

  #openSession(session: SshSession): void {
    const screen: Screen = { rows: 24, columns: 80 }
    session.on('pty', (accept, _reject, info) => {
      screen.rows = info.rows > 0 ? info.rows : 24
      screen.columns = info.cols > 0 ? info.cols : 80
      accept?.()
    })
    session.on('env', (accept) => accept?.())
    session.on('window-change', (accept, _reject, info) => {
      // A session that switched its pager off keeps it off.
      if (screen.rows > 0) screen.rows = info.rows
      screen.columns = info.cols
      accept?.()
    })
    session.on('shell', (accept) => this.#openShell(accept(), screen))
    session.on('exec', (accept, _reject, info) => void this.#exec(accept(), info.command))
  }

  #openShell(channel: ServerChannel, screen: Screen): void {
    const account = this.#account as Account
    channel.on('error', () => {}) // 'close' follows and tells
    const shell = this.#host.openShell(this.#connection, account, screen, {
      write: (data) => void (channel.writable && channel.write(data)),
      end: () => {
        channel.exit(0)
        channel.end()
      },
      reset: () => this.#connection.reset(),
    })
    if (shell !== undefined) this.#connect(channel, shell)
  }

  #connect(channel: ServerChannel, shell: NonNullable<ReturnType<EndpointHost['openShell']>>): void {
    const decoder = new StringDecoder('utf8')
    channel.on('data', (bytes: Buffer) => shell.receive(decoder.write(bytes)))
    channel.on('close', () => {
      this.#connection.removeShell(shell)
      // A device has one shell per connection: when it is left, the device hangs up.
      this.#client.end()
    })
    this.#connection.addShell(shell)
    shell.start()
  }

  async #exec(channel: ServerChannel, command: string): Promise<void> {
    channel.on('error', () => {}) // 'close' follows and tells
    const answer = await this.#host.runCommand(this.#connection, this.#account as Account, command)
    if (!channel.writable) return
    channel.write(answer.output)
    if (answer.errorOutput !== undefined) channel.stderr.write(answer.errorOutput)
    channel.exit(answer.exitStatus ?? (answer.refused === true ? 1 : 0))
    channel.end()
  }
}

function sameBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

/** Connects on behalf of a client: what makes the device a jump host. */
function forward(accept: () => ServerChannel, reject: () => void, info: TcpipRequestInfo): void {
  const socket = connect({ host: info.destIP, port: info.destPort, noDelay: true })
  socket.once('error', reject)
  socket.once('connect', () => {
    socket.off('error', reject)
    const channel = accept()
    const destroy = (): void => {
      socket.destroy()
      channel.destroy()
    }
    socket.on('error', destroy).on('close', () => channel.end())
    channel.on('error', destroy).on('close', () => socket.destroy())
    socket.pipe(channel).pipe(socket)
  })
}
