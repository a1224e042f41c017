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

/** A line that has no answer, and why. */
export function unansweredResult(run: JobRun, command: string, failure: CommandFailure): CommandResult {
  return resultOf(run, command, { input: command, output: '', failure, elapsedMs: 0 })
}
