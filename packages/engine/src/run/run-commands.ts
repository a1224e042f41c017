import type { JobRun, RunAnswer } from './job-run.js'
import { brokenOffResult, fittedResultOf, unansweredResult } from './results.js'
import type { Session } from '@netpulse/driver-sdk'

const noAnswer = { kind: 'other', message: 'Sent, but no answer came: it may have been carried out.' } as const

/**
 * Runs commands one by one. A refused command does not stop the rest. Opaque commands may change the device: from the
 * first one on the journal says so, and what is not answered is uncertain.
 */
export async function runCommands(session: Session, run: JobRun): Promise<RunAnswer> {
  const { operation } = run.job.request
  const commands = operation.type === 'command' ? operation.commands : []
  if (run.job.kind === 'query') for (const command of commands) await runQuery(session, run, command)
  else for (const [index, command] of commands.entries()) await runOpaque(session, run, { command, index })
  const refused = run.progress.results.some(({ failure }) => failure !== null)
  return { status: 'finished', outcome: refused ? 'refused' : 'succeeded' }
}

async function runQuery(session: Session, run: JobRun, command: string): Promise<void> {
  run.limits.throwIfStopping()
  run.output.begin()
  const reply = await session.send(command, run.context, run.send).catch((error: unknown) => {
    if (run.output.error !== undefined) run.progress.results.push(brokenOffResult(run, command))
    throw error
  })
  run.progress.results.push(fittedResultOf(run, command, reply))
  throwIfTooLarge(run)
}

async function runOpaque(session: Session, run: JobRun, step: { command: string; index: number }): Promise<void> {
  const { journal, limits, progress } = run
  limits.throwIfStopping()
  if (step.index === 0) await journal.write({ phase: 'line_sent', line: 0 })
  else journal.check()
  limits.throwIfStopping()
  progress.touched = true
  progress.uncertain = true
  run.output.begin()
  const reply = await session.send(step.command, run.context, run.send).catch((error: unknown) => {
    const isCut = run.output.error !== undefined
    progress.results.push(isCut ? brokenOffResult(run, step.command) : unansweredResult(run, step.command, noAnswer))
    throw error
  })
  progress.uncertain = false
  progress.accepted += reply.failure === null ? 1 : 0
  const result = fittedResultOf(run, step.command, reply)
  progress.results.push(result)
  journal.note({ phase: 'line_acked', line: step.index }, [result])
  throwIfTooLarge(run)
}

/** A device that printed too much gets no further command. */
function throwIfTooLarge({ output }: JobRun): void {
  if (output.error !== undefined) throw output.error
}
