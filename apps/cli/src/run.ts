import { NetPulseApiError, NetPulseClientError } from '@netpulse/client'
import { isNetPulseError } from '@netpulse/core'
import { CommanderError } from 'commander'
import type { ExitCode } from './exit-codes.js'
import { exitCodes, exitOfError } from './exit-codes.js'
import { oneLine } from './output/plain-text.js'
import type { ProcessParts } from './process-parts.js'
import { programFor } from './program.js'

/** The program `netpulse`. Answers with the exit code; see `exitCodes`. Never throws. */
export async function run(parts: ProcessParts): Promise<ExitCode> {
  const outcome = { exitCode: exitCodes.ok as ExitCode }
  try {
    await programFor(parts, outcome).parseAsync(parts.args, { from: 'user' })
    return outcome.exitCode
  } catch (error) {
    return failed(parts, error)
  }
}

function failed({ stderr, interrupted, args }: ProcessParts, error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (interrupted.aborted) {
    stderr.write('netpulse: interrupted\n')
    return exitCodes.interrupted
  }
  if ((error as { name?: unknown }).name === 'TimeoutError' && error instanceof DOMException) {
    stderr.write('netpulse: not all jobs have ended within --timeout; they go on\n')
    return exitCodes.unfinished
  }
  const isForPrograms = args.includes('--json') || args.includes('--ndjson')
  stderr.write(isForPrograms ? `${JSON.stringify(asData(error))}\n` : asText(error))
  return exitOfError(error)
}

const isExpected = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof NetPulseClientError || isNetPulseError(error)

function asText(error: unknown): string {
  if (!isExpected(error)) return `netpulse: a bug: ${error instanceof Error ? error.stack : String(error)}\n`
  const all = error instanceof NetPulseApiError ? error.errors : []
  const fields = all.filter(({ message }) => !error.message.includes(message))
  const lines = fields.map(({ path, message }) => `  ${oneLine(path)}: ${oneLine(message)}\n`)
  return `netpulse: ${oneLine(error.message)} (${error.code})\n${lines.join('')}`
}

function asData(error: unknown): object {
  if (!isExpected(error)) return { code: 'INTERNAL', detail: error instanceof Error ? error.stack : String(error) }
  const { code, message: detail } = error
  return error instanceof NetPulseApiError
    ? { code, detail, status: error.status, errors: error.errors }
    : { code, detail }
}
