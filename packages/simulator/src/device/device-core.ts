import type { Clock } from '@netpulse/core'
import type { Answer, DeviceModel, Login, Screen, SessionRecorder } from '../cli/cli-session.js'
import type { Dialect } from '../cli/dialect.js'
import type { AuthMethod, Behaviour, DeviceSpec } from '../spec.js'
import type { TerminalLink } from '../terminal/link.js'
import { Shell } from '../terminal/shell.js'
import type { ShellHost } from '../terminal/shell.js'
import type { Connection } from '../transport/connection.js'
import type { Account, EndpointHost } from '../transport/endpoint-host.js'
import { Accounts } from './accounts.js'
import { runExecRequest } from './exec-request.js'
import { FaultPlan } from './faults.js'
import type { Persona } from './persona.js'
import { personaOf } from './persona.js'
import type { DeviceScript } from './script.js'
import { SignalHub } from './signals.js'
import { DeviceStatistics } from './statistics.js'
import type { SeenLine } from './statistics.js'

/** The inside of a simulated device: its configuration, behaviour, accounts and evidence, without any socket. */
export class DeviceCore implements EndpointHost, ShellHost {
  readonly spec: DeviceSpec
  readonly clock: Clock
  readonly username: string
  readonly password: string
  readonly secret: string
  readonly persona: Persona
  readonly stats = new DeviceStatistics()
  readonly signals: SignalHub
  readonly faults = new FaultPlan()
  behaviour: Behaviour
  script: DeviceScript | undefined
  readonly #dialect: Dialect
  readonly #accounts: Accounts
  #model: DeviceModel | undefined

  constructor(spec: DeviceSpec, dialect: Dialect, clock: Clock) {
    this.spec = spec
    this.clock = clock
    this.username = spec.username ?? 'admin'
    this.password = spec.password ?? `pw-${spec.name}`
    this.secret = spec.secret ?? `en-${spec.name}`
    this.persona = personaOf(spec.name)
    this.signals = new SignalHub(spec.name)
    this.behaviour = spec
    this.script = spec.script
    this.#dialect = dialect
    this.#accounts = new Accounts(spec, { username: this.username, password: this.password })
    for (const fault of spec.faults ?? []) this.faults.add(fault)
  }

  get name(): string {
    return this.spec.name
  }

  get authMethods(): readonly AuthMethod[] {
    const { auth, authorizedKeys } = this.spec
    const byKey: readonly AuthMethod[] = authorizedKeys === undefined ? [] : ['publickey']
    return auth ?? ['password', 'keyboard-interactive', ...byKey]
  }

  /** Made when it is first needed: most of thousands of devices are never looked at. */
  get model(): DeviceModel {
    return (this.#model ??= this.#createModel())
  }

  behave(change: Behaviour): void {
    this.behaviour = { ...this.behaviour, ...change }
    if (change.refuseLogins !== undefined) this.#accounts.refuse(change.refuseLogins)
  }

  /** Ends timers and waits. */
  close(): void {
    this.#model?.close()
    this.signals.stop()
  }

  checkPassword(username: string, password: string, method: AuthMethod, session: number): Account | undefined {
    return this.#counted(this.#accounts.withPassword(username, password), username, method, session)
  }

  admit(username: string, method: AuthMethod, session: number): Account | undefined {
    return this.#counted(this.#accounts.admit(username), username, method, session)
  }

  rejected(username: string, method: AuthMethod, session: number): void {
    this.stats.authFailures++
    this.signals.emit('authFailure', { session, user: username, method })
  }

  openShell(connection: Connection, account: Account, screen: Screen, link: TerminalLink): Shell | undefined {
    const fault = this.faults.takeAt('login')
    if (fault !== undefined) {
      connection.strike(fault.action)
      return undefined
    }
    const { session } = connection
    const cli = this.model.open(this.#login(account, session, screen))
    const motd = this.script?.onLogin?.({ user: account.username, session }) ?? this.spec.motd ?? this.model.motd
    return new Shell(cli, this, { user: account.username, session, motd }, link)
  }

  /** The command alone, without a terminal: no echo, no pager, no prompt. Never settles when a fault took it. */
  runCommand(connection: Connection, account: Account, command: string): Promise<Answer> {
    const { session } = connection
    const cli = this.model.open(this.#login(account, session, { rows: 0, columns: 0 }))
    return runExecRequest({ host: this, cli, connection, user: account.username, command })
  }

  sawLine(seen: SeenLine): void {
    this.stats.sawLine(seen)
    this.signals.emit('line', seen)
  }

  refusedLine(): void {
    this.stats.refusals++
  }

  #counted(account: Account | undefined, user: string, method: AuthMethod, session: number): Account | undefined {
    if (account === undefined) {
      this.rejected(user, method, session)
      return undefined
    }
    this.stats.logins++
    this.signals.emit('login', { session, user })
    return account
  }

  #login(account: Account, session: number, screen: Screen): Login {
    const { username, password, privilege } = account
    return { user: username, password, session, privilege, screen, record: this.#recorder(username, session) }
  }

  #recorder(user: string, session: number): SessionRecorder {
    const { stats, signals } = this
    return {
      configLine(line, mode, target) {
        const applied = { line, mode, session, user, target }
        stats.configLines.push(applied)
        signals.emit('configLine', applied)
      },
      commit(kind) {
        if (kind === 'rollback') stats.rollbacks++
        else if (kind === 'commit_confirmed') stats.commitsConfirmed++
        else stats.commits++
        signals.emit('commit', { session, kind })
      },
      discard() {
        stats.discards++
      },
      save() {
        stats.saves++
        signals.emit('save', { session })
      },
    }
  }

  #createModel(): DeviceModel {
    const { name, platform, identity = true, config } = this.spec
    return this.#dialect.createDevice({
      name,
      platform,
      persona: this.persona,
      secret: this.secret,
      clock: this.clock,
      identity,
      ...(config === undefined ? {} : { config }),
      accepts: (line) => this.behaviour.accept?.some((pattern) => pattern.test(line)) ?? false,
      refusesAtCommit: (line) => this.behaviour.refuseCommit?.some((pattern) => pattern.test(line)) ?? false,
    })
  }
}
