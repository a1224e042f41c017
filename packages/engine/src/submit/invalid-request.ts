import type { JsonValue, NetPulseError, SchemaViolation } from '@netpulse/core'
import { coreError } from '@netpulse/core'

const shownInMessage = 5

/** The violations with the place of the part that they were found in: `port` becomes `connection_args.port`. */
export function within(prefix: string, violations: readonly SchemaViolation[]): readonly SchemaViolation[] {
  return violations.map(({ path, message }) => ({
    path: path === '' ? prefix : path.startsWith('[') ? `${prefix}${path}` : `${prefix}.${path}`,
    message,
  }))
}

/** One error for everything that is wrong with a request, so that a client corrects it in one go. */
export function invalidRequest(violations: readonly SchemaViolation[]): NetPulseError {
  const shown = violations
    .slice(0, shownInMessage)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const more = violations.length > shown.length ? ` (and ${violations.length - shown.length} more)` : ''
  return coreError('INVALID_INPUT', `The request is invalid: ${shown.join('; ')}${more}`, {
    details: { errors: violations.map(({ path, message }) => ({ path, message })) as JsonValue },
  })
}
