import type { JsonObject } from './json.js'

/** What an error means to a caller. The HTTP status follows from it, in one place. */
export type ErrorKind =
  'invalid' | 'not-found' | 'conflict' | 'unavailable' | 'timeout' | 'denied' | 'limited' | 'internal'

/** An error as data: what a job record keeps and what crosses a process border. */
export interface ErrorData {
  readonly code: string
  readonly kind: ErrorKind
  readonly message: string
  readonly retryable: boolean
  /** Never holds secrets. */
  readonly details?: JsonObject
}

/** What an error code means, for people and for the reference page. */
export interface ErrorDefinition {
  readonly kind: ErrorKind
  /** Whether the same call may succeed later, unchanged. Default `false`. */
  readonly retryable?: boolean
  /** When it happens and what to do, for the reference page. */
  readonly summary: string
}

export interface ErrorContext {
  readonly details?: JsonObject
  readonly cause?: unknown
}

const brand = Symbol.for('netpulse.error')

/** The one error class of NetPulse. Its `code` is stable; its message says what, on which device or job, and what next. */
export class NetPulseError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly retryable: boolean
  readonly details?: JsonObject
  readonly [brand] = true

  constructor(data: ErrorData, cause?: unknown) {
    super(data.message, cause === undefined ? undefined : { cause })
    this.name = 'NetPulseError'
    this.code = data.code
    this.kind = data.kind
    this.retryable = data.retryable
    if (data.details !== undefined) this.details = data.details
  }
}

/** Recognises the error across copies of this package. With `code`, only that one. */
export function isNetPulseError(error: unknown, code?: string): error is NetPulseError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false
  return code === undefined || (error as NetPulseError).code === code
}

/** Makes errors of one package. */
export type ErrorFactory<Code extends string> = ((
  code: Code,
  message: string,
  context?: ErrorContext,
) => NetPulseError) & {
  readonly definitions: Readonly<Record<Code, ErrorDefinition>>
}

/**
 * Declares the error codes of a package. The returned function makes the errors; its `definitions` feed the reference
 * page, so that a code without a line there cannot exist.
 */
export function defineErrors<Code extends string>(definitions: Record<Code, ErrorDefinition>): ErrorFactory<Code> {
  const make = (code: Code, message: string, context: ErrorContext = {}): NetPulseError => {
    const { kind, retryable = false } = definitions[code]
    const details = context.details === undefined ? {} : { details: context.details }
    return new NetPulseError({ code, kind, retryable, message, ...details }, context.cause)
  }
  return Object.assign(make, { definitions })
}
