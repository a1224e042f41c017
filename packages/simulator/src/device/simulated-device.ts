import type { Socket } from 'node:net'
import type { Clock } from '@netpulse/core'
import type { Dialect } from '../cli/dialect.js'
import { simulatorError } from '../errors.js'
import type { Behaviour, DeviceSpec } from '../spec.js'
import { Connection } from '../transport/connection.js'
import { Listener } from '../transport/listener.js'
import { SshEndpoint } from '../transport/ssh-endpoint.js'
import type { ParsedHostKey } from '../transport/ssh-server.js'
import { generateHostKey, parseHostKey } from '../transport/ssh-server.js'
import { acceptTelnet } from '../transport/telnet-endpoint.js'
import { DeviceCore } from './device-core.js'
import type { Fault } from './faults.js'
import { fingerprintOf } from './fingerprint.js'
import type { Persona } from './persona.js'
import type { DeviceScript } from './script.js'
import type { DeviceSignals, SignalName } from './signals.js'
import type { AppliedLine, DeviceStatistics, SeenLine } from './statistics.js'

/** What a simulator lends to its devices. */
export interface DeviceServices {
  readonly clock: Clock
  readonly dialect: Dialect
  /** The key of devices without one of their own. */
  readonly sharedHostKey: () => ParsedHostKey
  /** Takes the device out of its simulator. */
  readonly onRemoved: () => void
}

/** A running simulated device: where it listens, how to log in, controls, and evidence of what happened to it. */
export class SimulatedDevice implements AsyncDisposable {
  readonly host: string
  readonly #core: DeviceCore
  readonly #onRemoved: () => void
  readonly #ssh: SshEndpoint
  readonly #connections = new Set<Connection>()
  readonly #listeners: Listener[] = []
  #sessions = 0
  #port = 0
  #telnetPort: number | undefined
  #isFrozen = false
  #held: (() => void)[] = []
  #emptied: (() => void)[] = []
  #stopping: Promise<void> | undefined

  /** Made by `Simulator.add`. @throws INVALID_HOST_KEY */
  constructor(spec: DeviceSpec, services: DeviceServices) {
    this.host = spec.host ?? '127.0.0.1'
    this.#core = new DeviceCore(spec, services.dialect, services.clock)
    this.#onRemoved = services.onRemoved
    const own = spec.hostKey === undefined ? undefined : parseHostKey(spec.hostKey)
    this.#ssh = new SshEndpoint(this.#core, own === undefined ? services.sharedHostKey : () => own)
  }

  get name(): string {
    return this.#core.name
  }

  get platform(): string {
    return this.#core.spec.platform
  }

  get username(): string {
    return this.#core.username
  }

  get password(): string {
    return this.#core.password
  }

  /** What `enable` asks for. */
  get secret(): string {
    return this.#core.secret
  }

  /** Serial number, addresses and the like: all follow from the name. */
  get persona(): Persona {
    return this.#core.persona
  }

  /** What happened to the device: connections, logins, lines, commits. */
  get stats(): DeviceStatistics {
    return this.#core.stats
  }

  /** SSH port. */
  get port(): number {
    return this.#port
  }

  /** @throws SIMULATED_DEVICE_UNKNOWN when the device has no telnet */
  get telnetPort(): number {
    if (this.#telnetPort !== undefined) return this.#telnetPort
    throw simulatorError('SIMULATED_DEVICE_UNKNOWN', `Device ${this.name} has no telnet; give it a telnetPort.`)
  }

  /** Name that the device shows in its prompts now. */
  get hostname(): string {
    return this.#core.model.hostname
  }

  get runningConfig(): string {
    return this.#core.model.runningConfig
  }

  get startupConfig(): string {
    return this.#core.model.startupConfig
  }

  /** What waits for a commit; `''` when nothing does. */
  get candidateConfig(): string {
    return this.#core.model.candidateConfig ?? ''
  }

  /** SHA-256 of the host key as `ssh-keygen -l` prints it after `SHA256:`. */
  get hostKeyFingerprint(): string {
    return fingerprintOf(this.#ssh.hostKey.getPublicSSH())
  }

  /** Starts to listen; called by `Simulator.add`. */
  async listen(): Promise<void> {
    this.#port = await this.#listen(this.#core.spec.port ?? 0, (connection) => this.#ssh.accept(connection))
    if (this.#core.spec.telnetPort === undefined) return
    this.#telnetPort = await this.#listen(this.#core.spec.telnetPort, (connection) =>
      acceptTelnet(this.#core, connection, this.#core.model.loginDialogue),
    )
  }

  /** Changes how the device behaves, from the next line on. */
  behave(change: Behaviour): void {
    this.#core.behave(change)
  }

  /** Puts hooks of your own in place, or takes them away. */
  script(script: DeviceScript | undefined): void {
    this.#core.script = script
  }

  /** Something will go wrong. */
  fail(fault: Fault): void {
    this.#core.faults.add(fault)
  }

  /** No fault strikes any more. */
  heal(): void {
    this.#core.faults.clear()
  }

  /** Every connection stays open and says nothing, new ones too, until `thaw`. */
  freeze(): void {
    this.#isFrozen = true
    for (const connection of this.#connections) connection.freeze()
  }

  thaw(): void {
    this.#isFrozen = false
    for (const connection of this.#connections) connection.thaw()
    for (const start of this.#held.splice(0)) start()
  }

  /** Prints a log message on every terminal, at once. */
  syslog(message: string): void {
    for (const connection of this.#connections) connection.announce(message)
  }

  /** Ends every connection; `reset` sends RST. */
  dropConnections(how: 'close' | 'reset' = 'close'): void {
    for (const connection of this.#connections) {
      if (how === 'reset') connection.reset()
      else connection.close()
    }
  }

  /** A new host key, from the next connection on. Answers with its fingerprint. */
  rotateHostKey(): string {
    this.#ssh.setHostKey(generateHostKey())
    return this.hostKeyFingerprint
  }

  /** Calls the listener whenever it happens; returns how to end that. */
  on<Name extends SignalName>(name: Name, listener: (value: DeviceSignals[Name]) => void): () => void {
    return this.#core.signals.on(name, listener)
  }

  /**
   * The next time that it happens, after this call. @throws SIMULATOR_STOPPED when the device stops first; the reason of
   * `signal` when that is aborted
   */
  next<Name extends SignalName>(
    name: Name,
    matches?: (value: DeviceSignals[Name]) => boolean,
    signal?: AbortSignal,
  ): Promise<DeviceSignals[Name]> {
    return this.#core.signals.next(name, matches, signal)
  }

  /** The next line at a prompt that matches. @throws SIMULATOR_STOPPED */
  nextCommand(pattern?: RegExp, signal?: AbortSignal): Promise<SeenLine> {
    return this.next('line', ({ line }) => pattern?.test(line) ?? true, signal)
  }

  /** The next accepted config line that matches. @throws SIMULATOR_STOPPED */
  nextConfigLine(pattern?: RegExp, signal?: AbortSignal): Promise<AppliedLine> {
    return this.next('configLine', ({ line }) => pattern?.test(line) ?? true, signal)
  }

  /** The next accepted TCP connection. @throws SIMULATOR_STOPPED */
  nextConnection(signal?: AbortSignal): Promise<{ readonly session: number }> {
    return this.next('connection', undefined, signal)
  }

  /** Resolves when no connection is open; at once when none is. */
  whenIdle(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#emptied.push(resolve))
  }

  /** Ends the device and takes it out of its simulator. Idempotent. */
  remove(): Promise<void> {
    return (this.#stopping ??= this.#stop())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove()
  }

  async #stop(): Promise<void> {
    const closed = this.#listeners.map((listener) => listener.close())
    for (const connection of this.#connections) connection.close()
    this.#held = []
    this.#onRemoved()
    await Promise.all([...closed, this.whenIdle()])
    this.#core.close()
  }

  async #listen(port: number, start: (connection: Connection) => void): Promise<number> {
    const listener = new Listener((socket) => this.#accept(socket, start))
    const taken = await listener.listen(this.host, port)
    this.#listeners.push(listener)
    return taken
  }

  #accept(socket: Socket, start: (connection: Connection) => void): void {
    socket.on('error', () => {}) // 'close' follows and tells
    if (this.#connections.size >= (this.#core.behaviour.maxSessions ?? Infinity)) {
      this.stats.refusedConnections++
      socket.destroy()
      return
    }
    const connection = this.#register(socket)
    const fault = this.#core.faults.takeAt('connect')
    if (fault !== undefined) connection.strike(fault.action)
    else if (this.#isFrozen) this.#held.push(() => void (socket.destroyed || start(connection)))
    else start(connection)
  }

  #register(socket: Socket): Connection {
    this.stats.opened()
    const session = ++this.#sessions
    const connection = new Connection(socket, session)
    this.#connections.add(connection)
    socket.once('close', () => {
      this.#connections.delete(connection)
      this.stats.closed()
      this.#core.signals.emit('disconnection', { session })
      if (this.#connections.size === 0) for (const resolve of this.#emptied.splice(0)) resolve()
    })
    this.#core.signals.emit('connection', { session })
    return connection
  }
}
