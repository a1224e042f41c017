import { FakeClock } from '@netpulse/core/testing'
import type { Answer, CliSession, DeviceModel, SessionRecorder } from '../../src/cli/cli-session.js'
import type { DeviceSetup, Dialect } from '../../src/cli/dialect.js'
import { personaOf } from '../../src/device/persona.js'

/** A dialect's device in memory, with everything that its sessions reported. */
export interface DeviceUnderTest {
  readonly model: DeviceModel
  readonly clock: FakeClock
  readonly reports: string[]
  login(options?: { user?: string; privilege?: number }): Conversation
}

/** A recorder that writes down each report as a line. */
export function recorderInto(reports: string[]): SessionRecorder {
  return {
    configLine: (line, mode, target) => reports.push(`${target} ${mode}: ${line}`),
    commit: (kind) => reports.push(kind),
    discard: () => reports.push('discard'),
    save: () => reports.push('save'),
  }
}

export function deviceOf(dialect: Dialect, setup: Partial<DeviceSetup> = {}): DeviceUnderTest {
  const clock = new FakeClock()
  const reports: string[] = []
  const platform = dialect.platforms[0] ?? ''
  const model = dialect.createDevice({
    name: 'r1',
    platform,
    persona: personaOf('r1'),
    secret: 's3cret',
    clock,
    identity: true,
    accepts: () => false,
    refusesAtCommit: () => false,
    ...setup,
  })
  let sessions = 0
  const login = ({ user = 'admin', privilege = 15 } = {}): Conversation => {
    const screen = { rows: 24, columns: 80 }
    const session = ++sessions
    const record = recorderInto(reports)
    return new Conversation(model.open({ user, session, privilege, password: 'pw-r1', screen, record }))
  }
  return { model, clock, reports, login }
}

/** Types lines at a session and answers its questions. */
export class Conversation {
  readonly cli: CliSession
  #asked: Answer['ask']

  constructor(cli: CliSession) {
    this.cli = cli
  }

  /** The answer to a line, or to a question that waits. */
  type(line: string): Answer {
    const asked = this.#asked
    const answer = asked === undefined ? this.cli.input(line) : asked.answer(line)
    this.#asked = answer.ask
    return answer
  }

  /** The text that answers a line, errors included. */
  text(line: string): string {
    const answer = this.type(line)
    return answer.output + (answer.errorOutput ?? '')
  }

  /** What the device waits at after a line: its prompt or question. */
  waitsAt(line?: string): string {
    if (line !== undefined) this.type(line)
    return this.#asked?.prompt ?? this.cli.prompt()
  }

  /** Types every line; returns what the device waits at. */
  run(...lines: readonly string[]): string {
    for (const line of lines) this.type(line)
    return this.waitsAt()
  }
}
