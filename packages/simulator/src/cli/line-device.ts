import { applyEdit, editsOf } from '../config/edit.js'
import type { Edit } from '../config/edit.js'
import { ConfigTree } from '../config/config-tree.js'
import { ConfirmTimer } from '../config/confirm-timer.js'
import type { CliSession, DeviceModel, Login, LoginDialogueText, SessionRecorder } from './cli-session.js'
import type { CommandTable } from './command-table.js'
import type { DeviceSetup } from './dialect.js'
import type { LineGrammar, LineHandler } from './line-grammar.js'
import { LineSession } from './line-session.js'
import type { LineVocabulary } from './line-vocabulary.js'

/** A grammar with its tables built: shared by all devices of its platforms. */
export interface CompiledGrammar {
  readonly grammar: LineGrammar
  readonly user: CommandTable<LineHandler>
  readonly privileged: CommandTable<LineHandler>
  readonly config: CommandTable<LineHandler>
  readonly root: LineVocabulary
  readonly inner: LineVocabulary
}

/** A device of the IOS-like family: a running and a startup configuration of indented lines. */
export class LineDevice implements DeviceModel {
  readonly setup: DeviceSetup
  readonly compiled: CompiledGrammar
  readonly confirmTimer: ConfirmTimer
  /** Who holds the configuration lock (`configure exclusive`). */
  lockedBy: LineSession | undefined
  /** The session whose candidate changed last. */
  editor: LineSession | undefined
  #running: ConfigTree
  #startup: ConfigTree
  /** Replaced running configurations, the latest last. */
  readonly history: ConfigTree[] = []
  #runningText: string | undefined
  #hostname: string | undefined

  constructor(setup: DeviceSetup, compiled: CompiledGrammar) {
    this.setup = setup
    this.compiled = compiled
    this.confirmTimer = new ConfirmTimer(setup.clock)
    this.#running = new ConfigTree()
    const text = setup.config ?? compiled.grammar.firstConfig(setup.name, setup.persona)
    for (const edit of editsOf(text)) applyEdit(this.#running, edit, compiled.grammar.singleValue)
    this.#startup = this.#running.clone()
  }

  get hostname(): string {
    return (this.#hostname ??= this.#running.value([], this.compiled.grammar.hostnameWords) ?? this.setup.name)
  }

  get running(): ConfigTree {
    return this.#running
  }

  get runningConfig(): string {
    return (this.#runningText ??= this.#running.render(this.compiled.grammar.separator))
  }

  get startupConfig(): string {
    return this.#startup.render(this.compiled.grammar.separator)
  }

  get candidateConfig(): string {
    return this.editor?.config.pendingText() ?? ''
  }

  get motd(): string {
    return ''
  }

  get loginDialogue(): LoginDialogueText {
    return { username: 'Username: ', password: 'Password: ', refused: '% Login invalid\n' }
  }

  /** Puts lines into force, all or none. */
  apply(edits: readonly Edit[]): void {
    for (const edit of edits) applyEdit(this.#running, edit, this.compiled.grammar.singleValue)
    this.#changed()
  }

  /** A copy of what is in force, to come back to. */
  checkpoint(): void {
    this.history.push(this.#running.clone())
    if (this.history.length > 50) this.history.shift()
  }

  /** Back to an earlier configuration; 1 is the one before the last commit. `false`: there is none. */
  rollBack(steps: number): boolean {
    const earlier = this.history.at(-steps)
    if (earlier === undefined) return false
    this.checkpoint()
    this.#running = earlier.clone()
    this.#changed()
    return true
  }

  /** The commit waits for its confirmation; else the configuration before it comes back. */
  awaitConfirmation(seconds: number, record: SessionRecorder): void {
    this.confirmTimer.arm(seconds, () => {
      this.rollBack(1)
      record.commit('rollback')
    })
  }

  save(): void {
    this.#startup = this.#running.clone()
  }

  open(login: Login): CliSession {
    return new LineSession(this, login)
  }

  close(): void {
    this.confirmTimer.confirm()
  }

  #changed(): void {
    this.#runningText = undefined
    this.#hostname = undefined
  }
}
