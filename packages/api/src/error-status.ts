import type { ErrorKind } from '@netpulse/core'

/** The one place that says which HTTP status an error gets. */
const kinds: Readonly<Record<ErrorKind, number>> = {
  invalid: 422,
  'not-found': 404,
  conflict: 409,
  denied: 403,
  limited: 429,
  unavailable: 503,
  timeout: 504,
  internal: 500,
}

/** Where HTTP has a status of its own, or clients of the reference expect 400: no host, no such driver, a credential. */
const statusOfCode: Readonly<Record<string, number>> = {
  HOST_REQUIRED: 400,
  DRIVER_UNKNOWN: 400,
  BAD_REQUEST: 400,
  // A reference that leads nowhere is a mistake of the request: 404 and 403 would be about the path and the API key.
  CREDENTIAL_PROVIDER_UNKNOWN: 400,
  CREDENTIAL_REFERENCE_INVALID: 400,
  CREDENTIAL_NOT_ALLOWED: 400,
  CREDENTIAL_NOT_FOUND: 400,
  CREDENTIAL_DELETED: 400,
  CREDENTIAL_FORBIDDEN: 400,
  CREDENTIAL_FIELD_MISSING: 400,
  // The device has said no to the login, not this server to the client (RFC 4918 section 11.4). Not 502, which clients try
  // again: an account must not be locked.
  AUTH_FAILED: 424,
  ENABLE_FAILED: 424,
  HOST_KEY_CHANGED: 424,
  HOST_KEY_UNKNOWN: 424,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  FILE_TOO_LARGE: 413,
  RANGE_NOT_SATISFIABLE: 416,
  UPLOAD_STALLED: 408,
}

/** HTTP status of the errors of a kind, as far as their code has none of its own. */
export const statusOfKind = (kind: ErrorKind): number => kinds[kind]

/** HTTP status of an error. */
export const statusOf = ({ code, kind }: { readonly code: string; readonly kind: ErrorKind }): number =>
  statusOfCode[code] ?? statusOfKind(kind)
