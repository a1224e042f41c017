import type { Answer, CliSession, DeviceModel, LineKind, Login, LoginDialogueText, Screen } from '../cli/cli-session.js'
import type { DeviceSetup, Dialect } from '../cli/dialect.js'
import { identityLine } from '../cli/dialect.js'
import { shellWords, splitSteps } from '../cli/shell-words.js'
import { morePager } from '../terminal/pager.js'
import { linuxCommands } from './linux-commands.js'
import type { LinuxResult } from './linux-commands.js'

/** A small Linux server: some commands, some files, exit statuses, `sudo`. */
export class LinuxServer implements DeviceModel {
  readonly setup: DeviceSetup
  /** Text files by absolute path. */
  readonly files = new Map<string, string>()

  constructor(setup: DeviceSetup) {
    this.setup = setup
    const { name, persona } = setup
    this.files.set('/etc/hostname', `${name}\n`)
    this.files.set('/etc/machine-id', `${persona.mac.replaceAll(':', '')}${persona.serial.toLowerCase()}\n`)
    this.files.set('/etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n')
    if (setup.config !== undefined) this.files.set('/etc/simulated.conf', setup.config)
  }

  get hostname(): string {
    return this.files.get('/etc/hostname')?.trim() ?? this.setup.name
  }

  /** Every file with its content. */
  get runningConfig(): string {
    return [...this.files].map(([path, text]) => `# ${path}\n${text}`).join('')
  }

  get startupConfig(): string {
    return this.runningConfig
  }

  get motd(): string {
    return `Linux ${this.hostname} 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 x86_64\n`
  }

  get loginDialogue(): LoginDialogueText {
    return { username: `${this.hostname} login: `, password: 'Password: ', refused: '\nLogin incorrect\n' }
  }

  open(login: Login): CliSession {
    return new LinuxSession(this, login)
  }

  close(): void {
    // Nothing runs behind a session.
  }
}

/** One login shell. */
export class LinuxSession implements CliSession {
  readonly pager = morePager
  readonly server: LinuxServer
  readonly login: Login
  /** Users of nested shells, the innermost last. */
  readonly users: string[]
  readonly variables = new Map<string, string>()
  directory: string
  status = 0

  constructor(server: LinuxServer, login: Login) {
    this.server = server
    this.login = login
    this.users = [login.user]
    this.directory = this.home
    // Programs page in Linux, not the terminal.
    login.screen.rows = 0
  }

  get user(): string {
    return this.users.at(-1) ?? this.login.user
  }

  get home(): string {
    return this.user === 'root' ? '/root' : `/home/${this.user}`
  }

  get screen(): Screen {
    return this.login.screen
  }

  get mode(): string {
    return this.user === 'root' ? 'root' : 'shell'
  }

  prompt(): string {
    const where = this.directory === this.home ? '~' : this.directory
    return `${this.user}@${this.server.hostname}:${where}${this.user === 'root' ? '#' : '$'} `
  }

  /** What root types changes the server: it counts as configuration. */
  kindOf(line: string): LineKind {
    return this.user === 'root' && !/^\s*(?:exit|logout)?\s*$/.test(line) ? 'config' : 'command'
  }

  input(line: string): Answer {
    const isConfig = this.kindOf(line) === 'config'
    const answer = this.#runAll(line)
    if (isConfig && this.status === 0) this.login.record.configLine(line.trim(), this.mode, 'running')
    return answer
  }

  #runAll(line: string): Answer {
    let output = ''
    let errorOutput = ''
    for (const { command, when } of splitSteps(line)) {
      if ((when === 'success' && this.status !== 0) || (when === 'failure' && this.status === 0)) continue
      const result = this.run(command)
      if (result.ask !== undefined || result.close === true) return { ...result, output: output + result.output }
      output += result.output
      errorOutput += result.errorOutput ?? ''
    }
    const refused = this.status === 0 ? {} : { refused: this.status === 127 || this.status === 126 }
    return { output, exitStatus: this.status, ...refused, ...(errorOutput === '' ? {} : { errorOutput }) }
  }

  refuse(line: string): Answer {
    const [program = ''] = line.trim().split(/\s+/)
    this.status = 126
    return { output: '', errorOutput: `-bash: ${program}: Permission denied\n`, refused: true, exitStatus: 126 }
  }

  close(): void {
    this.users.length = 1
  }

  /** Runs one simple command, with `>` and `>>`. */
  run(command: string): Answer {
    const redirect = /^(.*?)\s*(>>?)\s*(\S+)$/.exec(command)
    const words = shellWords(redirect?.[1] ?? command, (name) => this.#value(name))
    const result = this.#program(words)
    this.status = result.status
    if (redirect === null) return answerOf(result)
    this.write(redirect[3] ?? '', result.output, redirect[2] === '>>')
    return answerOf({ ...result, output: '' })
  }

  write(path: string, text: string, appends: boolean): void {
    const full = this.resolve(path)
    this.server.files.set(full, (appends ? (this.server.files.get(full) ?? '') : '') + text)
  }

  resolve(path: string): string {
    const start = path.startsWith('~') ? this.home + path.slice(1) : path
    const full = start.startsWith('/') ? start : `${this.directory}/${start}`
    const parts: string[] = []
    for (const part of full.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }

  /** Text with the line that says whose answer it is. */
  show(output: string): LinuxResult {
    const { setup } = this.server
    const identity = setup.identity ? identityLine(setup, { user: this.user, session: this.login.session }, '#') : ''
    return { output: output + identity, status: 0 }
  }

  #program(words: readonly string[]): LinuxResult {
    const [program = '', ...args] = words
    if (program === '') return { output: '', status: this.status }
    const assignment = /^(\w+)=(.*)$/.exec(program)
    if (assignment !== null) {
      this.variables.set(assignment[1] ?? '', assignment[2] ?? '')
      return { output: '', status: 0 }
    }
    const run = linuxCommands.get(program)
    if (run !== undefined) return run(this, args)
    return { output: '', errorOutput: `-bash: ${program}: command not found\n`, status: 127 }
  }

  #value(name: string): string {
    if (name === '?') return String(this.status)
    const builtIn = { USER: this.user, HOME: this.home, HOSTNAME: this.server.hostname, PWD: this.directory }
    return this.variables.get(name) ?? (builtIn as Record<string, string>)[name] ?? ''
  }
}

function answerOf({ output, errorOutput, status, ask, close }: LinuxResult): Answer {
  return {
    output,
    exitStatus: status,
    ...(errorOutput === undefined ? {} : { errorOutput }),
    ...(ask === undefined ? {} : { ask }),
    ...(close === undefined ? {} : { close }),
  }
}

/** A Debian-like server with a minimal shell. */
export const linux = (): Dialect => ({
  platforms: ['linux', 'linux_ssh'],
  createDevice: (setup) => new LinuxServer(setup),
})
