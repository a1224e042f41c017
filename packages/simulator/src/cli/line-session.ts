import type { Answer, CliSession, LineKind, Login, Screen } from './cli-session.js'
import type { Resolution } from './command-table.js'
import { clockText } from './clock-text.js'
import { identityLine } from './dialect.js'
import { ConfigReader } from './line-config.js'
import type { LineDevice } from './line-device.js'
import type { LineGrammar, LineHandler, LineMode } from './line-grammar.js'
import type { PagerStyle } from '../terminal/pager.js'
import { applyPipe, splitPipes } from './pipe.js'

type Level = LineMode['level']

/** One login to an IOS-like device. */
export class LineSession implements CliSession {
  readonly device: LineDevice
  readonly login: Login
  readonly config: ConfigReader
  level: Level
  readonly #identity: string
  #prompt: string | undefined
  #promptHost: string | undefined

  constructor(device: LineDevice, login: Login) {
    this.device = device
    this.login = login
    this.level = login.privilege >= 15 ? 'exec' : 'user'
    this.config = new ConfigReader(this)
    if (!device.compiled.grammar.isPaged) login.screen.rows = 0
    const { setup } = device
    this.#identity = setup.identity ? identityLine(setup, login, this.grammar.identityMark) : ''
  }

  get grammar(): LineGrammar {
    return this.device.compiled.grammar
  }

  get screen(): Screen {
    return this.login.screen
  }

  get pager(): PagerStyle {
    return this.grammar.pager
  }

  get mode(): string {
    if (this.level !== 'config') return this.level
    const section = this.config.section
    return section === '' ? 'config' : `config-${section}`
  }

  prompt(): string {
    const host = this.device.hostname
    if (this.#prompt === undefined || this.#promptHost !== host) {
      this.#promptHost = host
      this.#prompt = this.grammar.prompt(host, this.#lineMode())
    }
    return this.#prompt
  }

  input(line: string): Answer {
    this.#prompt = undefined
    const typed = line.trim()
    if (typed === '' || this.grammar.comment.test(typed)) return { output: '' }
    return this.level === 'config' ? this.#inConfig(line) : this.#inExec(line)
  }

  kindOf(line: string): LineKind {
    const typed = line.trim()
    if (this.level !== 'config' || typed === '' || this.grammar.comment.test(typed)) return 'command'
    const found = this.#inConfigTable(typed)
    if (found?.type !== 'found') return 'config'
    return found.words.startsWith('commit') && !found.words.includes('check') ? 'commit' : 'command'
  }

  refuse(line: string): Answer {
    const column = line.length - line.trimStart().length
    return this.#refusal({ type: 'invalid', column, token: line.trim().split(' ')[0] ?? '' }, line)
  }

  endKey(): Answer {
    if (this.level !== 'config') return { output: '' }
    return this.input(this.grammar.negation === 'undo' ? 'return' : 'end')
  }

  close(): void {
    this.config.close()
  }

  /** The device's time as IOS prints it. */
  clockText(): string {
    return clockText(this.device.setup.clock.now())
  }

  /** Text with the line that says whose answer it is. */
  show(output: string): Answer {
    return { output: `${output}${this.#identity}` }
  }

  /** Runs an exec command from config mode (`do`, `show`, `run`), at the rights of the privileged mode. */
  runExec(line: string): Answer {
    return this.#run(this.device.compiled.privileged.resolve(splitPipes(line)[0]), line)
  }

  refused(output: string): Answer {
    return { output, refused: true, exitStatus: 1 }
  }

  incomplete(line: string): Answer {
    return this.refused(this.grammar.errors.incomplete(line))
  }

  ambiguous(line: string): Answer {
    return this.refused(this.grammar.errors.ambiguous(line))
  }

  /** Refuses a line at one of its words. */
  invalid(line: string, column: number, token: string): Answer {
    return this.#refusal({ type: 'invalid', column, token }, line)
  }

  #lineMode(): LineMode {
    const { section, path, isDirty } = this.config
    return { level: this.level, section, path, dirty: isDirty }
  }

  #inExec(line: string): Answer {
    const { user, privileged } = this.device.compiled
    const table = this.level === 'user' ? user : privileged
    const answer = this.#run(table.resolve(splitPipes(line)[0]), line)
    const preamble = this.grammar.preamble(this)
    return preamble === '' || answer.close === true ? answer : { ...answer, output: `${preamble}${answer.output}` }
  }

  #inConfig(line: string): Answer {
    const found = this.#inConfigTable(line)
    if (found?.type === 'found') return this.#run(found, line)
    return this.config.take(line)
  }

  /** Config lines come before the commands of config mode where a word is ambiguous between them. */
  #inConfigTable(line: string): Resolution<LineHandler> | undefined {
    const found = this.device.compiled.config.resolve(splitPipes(line)[0])
    return found.type === 'found' && !this.config.isAmbiguous(line) ? found : undefined
  }

  #run(found: Resolution<LineHandler>, line: string): Answer {
    if (found.type !== 'found') return this.#refusal(found, line)
    const result = found.handler(this, found.args)
    const answer = typeof result === 'string' ? { output: result } : result
    const [, ...filters] = splitPipes(line)
    return filters.length === 0 || answer.refused === true ? answer : this.#filtered(answer, filters, line)
  }

  #filtered(answer: Answer, filters: readonly string[], line: string): Answer {
    let output = answer.output
    for (const filter of filters) {
      const next = applyPipe(output, filter)
      if (next === undefined) return this.invalid(line, line.indexOf('|') + 2, filter)
      output = next
    }
    // A filter must not hide whose answer it is.
    const identity = this.#identity !== '' && !output.includes(this.#identity) ? this.#identity : ''
    return { ...answer, output: `${output}${answer.output.includes(this.#identity) ? identity : ''}` }
  }

  #refusal(found: Exclude<Resolution<LineHandler>, { type: 'found' }>, line: string): Answer {
    const { errors } = this.grammar
    switch (found.type) {
      case 'incomplete':
        return this.incomplete(line)
      case 'ambiguous':
        return this.ambiguous(line)
      case 'invalid':
        return this.refused(errors.invalid({ line, column: found.column, token: found.token, prompt: this.prompt() }))
    }
  }
}
