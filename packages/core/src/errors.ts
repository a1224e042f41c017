import type { ErrorData } from './netpulse-error.js'
import { defineErrors, isNetPulseError } from './netpulse-error.js'

/** Errors of the core, and those that every layer may need. */
export const coreError = defineErrors({
  INVALID_INPUT: {
    kind: 'invalid',
    summary:
      'A request, an option or a setting does not fit its schema. `details.errors` lists each path with what is allowed there.',
  },
  INVALID_TRANSITION: {
    kind: 'conflict',
    summary: 'A job was asked to change to a state that its present state does not lead to.',
  },
  ABORTED: { kind: 'conflict', summary: 'The operation was ended by its caller: a cancel, a drain, or a shutdown.' },
  INTERNAL: { kind: 'internal', summary: 'A bug in NetPulse or in a plugin. The log has the stack; please report it.' },
})

/** The error as data. What is not an error of ours is a bug: its text may hold anything, so it stays in the log. */
export function toErrorData(error: unknown): ErrorData {
  if (isNetPulseError(error)) {
    const { code, kind, retryable, message, details } = error
    return { code, kind, retryable, message, ...(details === undefined ? {} : { details }) }
  }
  return { code: 'INTERNAL', kind: 'internal', retryable: false, message: 'Internal error; the log has the details.' }
}
