import type { BulkEntry, Job } from '@netpulse/client'
import {
  AuthenticationError,
  ConnectionError,
  InvalidAnswerError,
  NetPulseClientError,
  TimeoutError,
  UnavailableError,
} from '@netpulse/client'
import { isNetPulseError } from '@netpulse/core'

/** What the program's end tells a script. */
export const exitCodes = {
  /** Done, and every device accepted everything. */
  ok: 0,
  /** A device refused, a job failed, expired or was canceled, a login did not work; the audit record is broken. */
  failed: 1,
  /** The command line, a file or the program's own configuration is wrong. Nothing was sent. */
  usage: 2,
  /** The server cannot be reached, or can do nothing at present. */
  unreachable: 3,
  /** No API key, a wrong one, or one whose role may not do this. */
  denied: 4,
  /** The server refused the request. */
  refused: 5,
  /** A change is in force in part, or its outcome is unknown: look at the device. Wins over 1. */
  verify: 6,
  /** A job had not ended within `--timeout`. It goes on. */
  unfinished: 7,
  /** A bug of this program. */
  bug: 70,
  /** Ctrl-C. Jobs that were accepted go on. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Of an ended job. One that has not ended was only to be submitted: that worked. */
export function exitOfJob({ outcome }: Pick<Job, 'outcome'>): ExitCode {
  if (outcome === null || outcome === 'succeeded') return exitCodes.ok
  return outcome === 'unknown' || outcome === 'partial' ? exitCodes.verify : exitCodes.failed
}

/** The code that says most. */
const worst = (codes: readonly ExitCode[]): ExitCode => Math.max(exitCodes.ok, ...codes) as ExitCode

export const exitOfEntries = (entries: readonly BulkEntry[]): ExitCode =>
  worst(entries.map(({ job }) => (job === undefined ? exitCodes.failed : exitOfJob(job))))

const unreachable = [ConnectionError, UnavailableError, InvalidAnswerError]

/** Of what was thrown. */
export function exitOfError(error: unknown): ExitCode {
  if (isNetPulseError(error)) return error.code === 'API_KEY_MISSING' ? exitCodes.denied : exitCodes.usage
  if (error instanceof AuthenticationError) return exitCodes.denied
  if (error instanceof TimeoutError && error.code === 'WAIT_TIMEOUT') return exitCodes.unfinished
  if (error instanceof TimeoutError || unreachable.some((type) => error instanceof type)) return exitCodes.unreachable
  return error instanceof NetPulseClientError ? exitCodes.refused : exitCodes.bug
}
