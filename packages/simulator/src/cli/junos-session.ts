import { compareConfigs } from '../config/set-config.js'
import type { SetConfig } from '../config/set-config.js'
import type { Answer, CliSession, LineKind, Login, Screen } from './cli-session.js'
import type { CommandTable, Resolution } from './command-table.js'
import { identityLine } from './dialect.js'
import type { JunosDevice } from './junos-device.js'
import { junosSingle } from './junos-device.js'
import type { PagerStyle } from '../terminal/pager.js'
import { applyPipe, splitPipes } from './pipe.js'

export type JunosHandler = (session: JunosSession, args: readonly string[]) => Answer | string

export interface JunosTables {
  readonly operational: CommandTable<JunosHandler>
  readonly configuration: CommandTable<JunosHandler>
  /** First words of statements. */
  readonly topWords: ReadonlySet<string>
}

export type ConfigureKind = 'shared' | 'exclusive' | 'private'

/** One login to a Junos-like device. */
export class JunosSession implements CliSession {
  readonly device: JunosDevice
  readonly login: Login
  level: 'exec' | 'config' = 'exec'
  /** Words of the hierarchy that `edit` went to. */
  path: string[] = []
  #kind: ConfigureKind = 'shared'
  #private: SetConfig | undefined
  readonly #identity: string

  constructor(device: JunosDevice, login: Login) {
    this.device = device
    this.login = login
    this.#identity = device.setup.identity ? identityLine(device.setup, login, '#') : ''
  }

  get screen(): Screen {
    return this.login.screen
  }

  get pager(): PagerStyle {
    return { text: '---(more)---', erase: `\r${' '.repeat(40)}\r` }
  }

  get mode(): string {
    return this.level
  }

  get candidate(): SetConfig {
    return this.#private ?? this.device.candidate
  }

  prompt(): string {
    const who = `${this.login.user}@${this.device.hostname}`
    if (this.level === 'exec') return `${who}> `
    return `\n[edit${this.path.map((word) => ` ${word}`).join('')}]\n${who}# `
  }

  input(line: string): Answer {
    const typed = line.trim()
    if (typed === '' || typed.startsWith('#')) return { output: '' }
    const found = this.#resolve(line)
    const answer = found.type === 'found' ? this.#run(found, line) : this.#refusal(found, line)
    // Operational answers end with an empty line.
    const isPlain = this.level === 'exec' && answer.output !== '' && answer.ask === undefined && answer.close !== true
    return isPlain ? { ...answer, output: `${answer.output}\n` } : answer
  }

  kindOf(line: string): LineKind {
    if (this.level === 'exec') return 'command'
    const word = line.trim().split(/\s+/)[0] ?? ''
    if (/^(?:set|delete|rename|activate|deactivate|insert|replace)$/.test(word)) return 'config'
    return /^commit(?! check)/.test(line.trim()) ? 'commit' : 'command'
  }

  refuse(line: string): Answer {
    return this.syntaxError(line, line.length - line.trimStart().length)
  }

  close(): void {
    if (this.level === 'config') this.leave()
  }

  show(output: string): Answer {
    return { output: `${output}${this.#identity}` }
  }

  /** A refusal with a caret under `column`. */
  syntaxError(line: string, column: number, text = 'syntax error.'): Answer {
    const prompt = this.prompt().split('\n').at(-1) ?? ''
    return this.refused(`${' '.repeat(prompt.length + column)}^\n${text}\n`)
  }

  /** Runs an operational command from config mode. */
  runOperational(line: string): Answer {
    const found = this.device.tables.operational.resolve(splitPipes(line)[0])
    return found.type === 'found' ? this.#run(found, line) : this.#refusal(found, line)
  }

  refused(output: string): Answer {
    return { output, refused: true, exitStatus: 1 }
  }

  enter(kind: ConfigureKind): void {
    this.level = 'config'
    this.path = []
    this.#kind = kind
    if (kind === 'private') this.#private = this.device.running.clone()
    if (kind === 'exclusive') this.device.lockedBy = this
  }

  /** Leaves config mode. A candidate of this session alone goes with it; a shared one stays. */
  leave(): void {
    const isOwn = this.#kind !== 'shared'
    if (isOwn && this.isDirty()) this.discard()
    if (this.device.lockedBy === this) this.device.lockedBy = undefined
    this.#private = undefined
    this.level = 'exec'
    this.path = []
  }

  isDirty(): boolean {
    return !this.candidate.equals(this.device.running)
  }

  replaceCandidate(config: SetConfig): void {
    if (this.#private === undefined) this.device.candidate = config.clone()
    else this.#private = config.clone()
  }

  discard(): void {
    if (this.isDirty()) this.login.record.discard()
    this.replaceCandidate(this.device.running)
  }

  /** Adds a statement, or removes one with all below it. */
  edit(verb: 'set' | 'delete', rest: string, raw: string): Answer {
    const statement = [...this.path, rest].join(' ').trim()
    const top = statement.split(' ')[0] ?? ''
    const { setup, tables } = this.device
    if (!tables.topWords.has(top) && !setup.accepts(raw.trim())) {
      return this.syntaxError(raw, raw.indexOf(rest))
    }
    if (verb === 'delete') {
      if (!this.candidate.delete(statement)) return { output: 'warning: statement not found\n' }
    } else {
      if (!statement.includes(' ')) return this.syntaxError(raw, raw.length, 'syntax error, expecting <statement>.')
      this.candidate.set(statement, junosSingle.exec(statement)?.[0])
    }
    this.login.record.configLine(raw.trim(), this.#editMode(), 'candidate')
    return { output: '' }
  }

  /** Statements that the device takes into the candidate and refuses to put into force. */
  refusedStatements(): readonly string[] {
    const isNew = (one: string): boolean => !this.device.running.has(one)
    return this.candidate.statements.filter((one) => isNew(one) && this.device.setup.refusesAtCommit(`set ${one}`))
  }

  compare(): string {
    return compareConfigs(this.device.running, this.candidate)
  }

  #editMode(): string {
    return this.path.length === 0 ? 'config' : `config ${this.path.join(' ')}`
  }

  #resolve(line: string): Resolution<JunosHandler> {
    const { operational, configuration } = this.device.tables
    return (this.level === 'exec' ? operational : configuration).resolve(splitPipes(line)[0])
  }

  #run(found: Extract<Resolution<JunosHandler>, { type: 'found' }>, line: string): Answer {
    const [, ...filters] = splitPipes(line)
    const special = this.#specialPipe(found.words, filters)
    const result = special ?? found.handler(this, found.args)
    const answer = typeof result === 'string' ? { output: result } : result
    const plain = special === undefined ? filters : filters.slice(1)
    return plain.length === 0 || answer.refused === true ? answer : this.#filtered(answer, plain, line)
  }

  /** `| display set` and `| compare` ask for another text, they do not filter. */
  #specialPipe(words: string, [filter = '']: readonly string[]): Answer | undefined {
    const isConfiguration = words === 'show configuration' || (this.level === 'config' && words === 'show')
    if (!isConfiguration) return undefined
    if (/^display set/.test(filter)) return this.show(this.#shown().renderSet())
    if (/^comp/.test(filter)) return { output: this.level === 'config' ? this.compare() : '' }
    return undefined
  }

  #shown(): SetConfig {
    return this.level === 'config' ? this.candidate : this.device.running
  }

  #filtered(answer: Answer, filters: readonly string[], line: string): Answer {
    let output = answer.output.replace(this.#identity, '')
    for (const filter of filters) {
      const next = applyPipe(output, filter)
      if (next === undefined) return this.syntaxError(line, line.indexOf(filter))
      output = next
    }
    return { ...answer, output: answer.output.includes(this.#identity) ? `${output}${this.#identity}` : output }
  }

  #refusal(found: Exclude<Resolution<JunosHandler>, { type: 'found' }>, line: string): Answer {
    if (found.type === 'incomplete') return this.syntaxError(line, line.length, 'syntax error, expecting <command>.')
    if (found.type === 'ambiguous') return this.refused(`'${line.trim()}' is ambiguous.\n`)
    return this.syntaxError(line, found.column, found.column === 0 ? 'unknown command.' : 'syntax error.')
  }
}
