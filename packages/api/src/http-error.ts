import type { ErrorData, JsonObject } from '@netpulse/core'
import { isNetPulseError, toErrorData } from '@netpulse/core'
import { statusOf } from './error-status.js'
import { apiError } from './errors.js'
import type { ErrorBody } from './schemas/error-schemas.js'

/** An error as the API answers it. */
export interface HttpError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorBody
  /** A bug: the log needs the stack. */
  readonly unexpected: boolean
}

/** When to try again, where the error itself does not say. */
const defaultRetryAfterSeconds = 5

/** Errors that fastify makes before a route runs. Their own messages may repeat what the client sent. */
const ofFastify: Readonly<Record<string, () => Error>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    apiError('UNSUPPORTED_MEDIA_TYPE', 'Send JSON, with the header `content-type: application/json`.'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => apiError('BODY_TOO_LARGE', 'The body is too large.'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => apiError('INVALID_JSON', 'Invalid JSON request.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => apiError('INVALID_JSON', 'Invalid JSON request: the body is empty.'),
}

function known(error: unknown): unknown {
  if (isNetPulseError(error) || typeof error !== 'object' || error === null) return error
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  const make = typeof code === 'string' ? ofFastify[code] : undefined
  if (make !== undefined) return make()
  const isClients = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
  return isClients ? apiError('BAD_REQUEST', 'The request is not valid HTTP for this API.') : error
}

/** The violations that an error carries, for `errors` in the answer; `undefined` when it has none. */
export function violationsOf(details: JsonObject | undefined): ErrorBody['errors'] {
  const errors = details?.['errors']
  if (!Array.isArray(errors)) return undefined
  return (errors as readonly { path: string; message: string }[]).map(({ path, message }) => ({ path, message }))
}

function retryAfter(error: ErrorData): Record<string, string> {
  if (error.kind !== 'limited' && error.kind !== 'unavailable') return {}
  const seconds = error.details?.['retryAfterSeconds']
  return { 'retry-after': String(typeof seconds === 'number' ? Math.ceil(seconds) : defaultRetryAfterSeconds) }
}

/** Any thrown value as an HTTP answer. What is not an error of ours is a bug, and its text stays in the log. */
export function httpErrorOf(thrown: unknown): HttpError {
  const error = known(thrown)
  const data = toErrorData(error)
  const errors = violationsOf(data.details)
  return {
    status: statusOf(data),
    headers: retryAfter(data),
    body: { detail: data.message, code: data.code, ...(errors === undefined ? {} : { errors }) },
    unexpected: !isNetPulseError(error) || data.kind === 'internal',
  }
}
