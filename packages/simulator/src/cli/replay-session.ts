import { createReplay } from '@netpulse/platforms/testing'
import type { RecordedExchange, RecordedSession, Replay } from '@netpulse/platforms/testing'
import { morePager } from '../terminal/pager.js'
import type { Answer, CliSession, DeviceModel, LineKind, Login, LoginDialogueText, Screen } from './cli-session.js'
import type { Dialect } from './dialect.js'

/** Where the last line that the device waits at begins: its prompt or question. */
const tailOf = (bytes: string): string => bytes.slice(bytes.lastIndexOf('\n') + 1)

const asLatin1 = (text: string): string => Buffer.from(text).toString('latin1')

/** A device that says what was recorded, byte by byte; one conversation per login. */
class ReplayDevice implements DeviceModel {
  readonly runningConfig = ''
  readonly startupConfig = ''
  /** The recording holds everything from the login on. */
  readonly motd = ''
  readonly loginDialogue: LoginDialogueText = {
    username: 'Username: ',
    password: 'Password: ',
    refused: '% Login invalid\n',
  }
  readonly #session: RecordedSession

  constructor(session: RecordedSession) {
    this.#session = session
  }

  get hostname(): string {
    return this.#session.hostname
  }

  open(login: Login): CliSession {
    return new ReplaySession(this.#session, login)
  }

  close(): void {
    // Nothing runs behind a session.
  }
}

class ReplaySession implements CliSession {
  readonly pager = morePager
  readonly echoesItself = true
  readonly #recording: RecordedSession
  readonly #replay: Replay
  readonly #login: Login
  /** What the device waits at now. */
  #tail: string
  #isFirst = true

  constructor(recording: RecordedSession, login: Login) {
    this.#recording = recording
    this.#replay = createReplay(recording)
    this.#login = login
    this.#tail = tailOf(recording.login)
    // The recording has its own pages.
    login.screen.rows = 0
  }

  get screen(): Screen {
    return this.#login.screen
  }

  get mode(): string {
    return this.#replay.state ?? 'closed'
  }

  /** The first prompt stands behind the message of the day, as recorded; its line ends are in the recording. */
  prompt(): string {
    if (!this.#isFirst) return this.#tail
    this.#isFirst = false
    return this.#recording.login.replaceAll('\r\n', '\n')
  }

  kindOf(line: string): LineKind {
    if (!this.mode.startsWith('config') || line.trim() === '') return 'command'
    return /^\s*commit\b(?! check)/.test(line) ? 'commit' : 'config'
  }

  key(key: string): Answer | undefined {
    const exchange = this.#replay.receive(key, false)
    return exchange === undefined ? undefined : this.#answer(exchange)
  }

  input(line: string): Answer {
    const isConfig = this.kindOf(line) === 'config'
    const mode = this.mode
    const exchange = this.#replay.receive(line)
    if (exchange === undefined) return this.refuse(line)
    if (isConfig && exchange.failure === undefined && exchange.nextMode === mode) {
      this.#login.record.configLine(line.trim(), mode, 'running')
    }
    return this.#answer(exchange)
  }

  /**
   * What was not recorded: an empty line brings the prompt again; anything else gets a refusal that was recorded in this
   * mode for another line, or one of IOS.
   */
  refuse(line: string): Answer {
    if (line.trim() === '') return { output: asLatin1(`\r\n${this.#tail}`), verbatim: true }
    const recorded = this.#recording.exchanges.find((one) => one.failure !== undefined && one.mode === this.mode)
    const words = recorded === undefined ? "% Invalid input detected at '^' marker.\r\n" : outputOf(recorded)
    return { output: asLatin1(`${line}\r\n${words}${this.#tail}`), verbatim: true, refused: true, exitStatus: 1 }
  }

  close(): void {
    // The conversation ends with the connection.
  }

  #answer({ output, nextMode, failure }: RecordedExchange): Answer {
    this.#tail = tailOf(output)
    return {
      output: asLatin1(output),
      verbatim: true,
      ...(nextMode === undefined ? { close: true } : {}),
      ...(failure === undefined ? {} : { refused: true, exitStatus: 1 }),
    }
  }
}

/** An exchange's output between echo and prompt. */
function outputOf({ output }: RecordedExchange): string {
  return output.slice(output.indexOf('\n') + 1, output.lastIndexOf('\n') + 1)
}

/** Serves a recorded session as a dialect of its own. */
export const replayDialect = (session: RecordedSession): Dialect => ({
  platforms: [session.platform],
  createDevice: () => new ReplayDevice(session),
})
