import { ConfirmTimer } from '../config/confirm-timer.js'
import { renderBraces, SetConfig } from '../config/set-config.js'
import type { CliSession, DeviceModel, Login, LoginDialogueText, SessionRecorder } from './cli-session.js'
import type { DeviceSetup } from './dialect.js'
import { JunosSession } from './junos-session.js'
import type { JunosTables } from './junos-session.js'

/** Statements of which one value holds: the path without the value. */
export const junosSingle =
  /^(?:system (?:host-name|domain-name|time-zone|root-authentication encrypted-password)|.* description|routing-options router-id|snmp (?:location|contact)|.* mtu)(?= )/

/** A device with a candidate configuration of statements, shared by its sessions unless opened `private`. */
export class JunosDevice implements DeviceModel {
  readonly setup: DeviceSetup
  readonly tables: JunosTables
  readonly confirmTimer: ConfirmTimer
  running: SetConfig
  /** The shared candidate. */
  candidate: SetConfig
  /** Who holds the database (`configure exclusive`). */
  lockedBy: JunosSession | undefined
  /** Earlier configurations; `rollback 1` is the last. */
  readonly history: SetConfig[] = []

  constructor(setup: DeviceSetup, tables: JunosTables, firstConfig: string) {
    this.setup = setup
    this.tables = tables
    this.confirmTimer = new ConfirmTimer(setup.clock)
    const lines = (setup.config ?? firstConfig).split('\n').map((line) => line.trim())
    this.running = new SetConfig(lines.filter((line) => line.startsWith('set ')).map((line) => line.slice(4)))
    this.candidate = this.running.clone()
  }

  get hostname(): string {
    return this.running.value('system host-name') ?? this.setup.name
  }

  get runningConfig(): string {
    return this.running.renderSet()
  }

  /** A commit is in force and kept: there is no second configuration to save to. */
  get startupConfig(): string {
    return this.runningConfig
  }

  get candidateConfig(): string {
    return this.candidate.equals(this.running) ? '' : this.candidate.renderSet()
  }

  get motd(): string {
    return '--- JUNOS 22.4R3.25 Kernel 64-bit  JNPR-12.1-20231122.2d9e7f4_buil\n'
  }

  get loginDialogue(): LoginDialogueText {
    return { username: 'login: ', password: 'Password:', refused: 'Login incorrect\n' }
  }

  /** Puts a candidate into force; with `confirmWithinSeconds` only until then unless confirmed. */
  commit(candidate: SetConfig, record: SessionRecorder, confirmWithinSeconds?: number): void {
    const waited = this.confirmTimer.confirm()
    const before = this.running
    if (!candidate.equals(before)) {
      this.history.unshift(before)
      this.history.length = Math.min(this.history.length, 50)
    }
    this.running = candidate.clone()
    this.candidate = candidate.clone()
    if (confirmWithinSeconds === undefined) record.commit(waited ? 'confirm' : 'commit')
    else this.#awaitConfirmation(before, record, confirmWithinSeconds)
  }

  /** The configuration of `rollback <n>`; 0 is what is in force. */
  earlier(steps: number): SetConfig | undefined {
    return steps === 0 ? this.running : this.history[steps - 1]
  }

  render(config: SetConfig, path = ''): string {
    const prefix = path === '' ? '' : `${path} `
    const below = config.statements.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length))
    return renderBraces(below)
  }

  open(login: Login): CliSession {
    return new JunosSession(this, login)
  }

  close(): void {
    this.confirmTimer.confirm()
  }

  #awaitConfirmation(before: SetConfig, record: SessionRecorder, seconds: number): void {
    record.commit('commit_confirmed')
    this.confirmTimer.arm(seconds, () => {
      this.running = before
      this.candidate = before.clone()
      record.commit('rollback')
    })
  }
}
