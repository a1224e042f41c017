import type { Answer, CliSession } from '../cli/cli-session.js'
import type { ShellHost } from '../terminal/shell.js'
import type { Connection } from '../transport/connection.js'
import type { ScriptContext } from './script.js'

export interface ExecRequest {
  readonly host: ShellHost
  readonly cli: CliSession
  readonly connection: Connection
  readonly user: string
  readonly command: string
}

/** Runs one command for an `exec` request: timing, refusals, faults and scripts as in a terminal. */
export async function runExecRequest(request: ExecRequest): Promise<Answer> {
  const { host, cli, connection, user, command } = request
  const kind = cli.kindOf(command)
  host.sawLine({ line: command.trim(), kind, mode: cli.mode, session: connection.session, user })
  const fault = host.faults.takeForLine(command, kind, 0)
  await think(host)
  const answer = fault?.applied === false ? { output: '' } : await answerOf(request)
  cli.close()
  if (answer.refused === true) host.refusedLine()
  if (fault === undefined) return answer
  connection.strike(fault.action)
  return new Promise(() => {}) // the connection ends, or hangs for good
}

function think({ behaviour, clock }: ShellHost): Promise<void> {
  const { thinkTimeMs = 0 } = behaviour
  if (thinkTimeMs === 0) return Promise.resolve()
  return new Promise((resolve) => clock.setTimer(thinkTimeMs, resolve))
}

async function answerOf(request: ExecRequest): Promise<Answer> {
  const { host, command } = request
  let written = ''
  const context = contextOf(request, (text) => (written += text))
  const scripted = (await host.script?.onLine?.(command, context)) ?? fromDialect(request)
  const answer = withoutQuestion(typeof scripted === 'string' ? { output: scripted } : scripted)
  return written === '' ? answer : { ...answer, output: written + answer.output }
}

/** Nobody can answer a question here: the command fails, as `sudo` without a terminal does. */
function withoutQuestion(answer: Answer): Answer {
  if (answer.ask === undefined) return answer
  const errorOutput = `a terminal is required to answer "${answer.ask.prompt.trim()}"\n`
  return { output: answer.output, errorOutput, exitStatus: 1, refused: true }
}

function contextOf(request: ExecRequest, write: (text: string) => void): ScriptContext {
  const { host, cli, connection, user, command } = request
  return {
    device: host.name,
    user,
    session: connection.session,
    mode: cli.mode,
    kind: cli.kindOf(command),
    configLinesBefore: 0,
    write,
    answer: () => fromDialect(request),
    close: () => connection.strike('close'),
  }
}

function fromDialect({ host, cli, command }: ExecRequest): Answer {
  const isRefused = host.behaviour.refuse?.some((pattern) => pattern.test(command.trim())) ?? false
  return isRefused ? cli.refuse(command) : cli.input(command)
}
