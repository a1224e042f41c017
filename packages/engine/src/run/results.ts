import type { CommandFailure, CommandResult } from '@netpulse/core'
import type { Reply } from '@netpulse/driver-sdk'
import type { JobRun } from './job-run.js'

const exitStatusOf = ({ failure, exitStatus }: Reply): number => {
  if (failure === null) return exitStatus ?? 0
  return exitStatus === undefined || exitStatus === 0 ? 1 : exitStatus
}

function redactFailure(failure: CommandFailure | null, run: JobRun): CommandFailure | null {
  return failure === null ? null : { kind: failure.kind, message: run.redactor.redact(failure.message) }
}

/** A device's answer as a result: redacted, in the client's terms. */
export function resultOf(run: JobRun, command: string, reply: Reply): CommandResult {
  const { redactor } = run
  return {
    command: redactor.redact(command),
    stdout: redactor.redact(reply.output),
    stderr: reply.errorOutput === undefined ? '' : redactor.redact(reply.errorOutput),
    exitStatus: exitStatusOf(reply),
    failure: redactFailure(reply.failure, run),
    metadata: {
      host: run.job.request.device.host,
      durationSeconds: Math.round(reply.elapsedMs) / 1000,
      sessionReused: run.sessionReused,
    },
  }
}

const cut = (result: CommandResult): CommandResult => ({ ...result, metadata: { ...result.metadata, truncated: true } })

/** A device's answer as a result, cut and marked so where it is longer than is taken. */
export function fittedResultOf(run: JobRun, command: string, reply: Reply): CommandResult {
  const fitted = run.output.fitted(reply)
  return fitted === reply ? resultOf(run, command, reply) : cut(resultOf(run, command, fitted))
}

/** What a device printed to a command that never came to its end. */
export function brokenOffResult(run: JobRun, command: string): CommandResult {
  const failure = { kind: 'other', message: run.output.error?.message ?? '' }
  return cut(resultOf(run, command, { input: command, output: run.output.brokenOff() ?? '', failure, elapsedMs: 0 }))
}

/** A line that has no answer, and why. */
export function unansweredResult(run: JobRun, command: string, failure: CommandFailure): CommandResult {
  return resultOf(run, command, { input: command, output: '', failure, elapsedMs: 0 })
}
