import type { ErrorData, JsonObject, JsonValue, Redactor } from '@netpulse/core'

/** Data with every text in it redacted. */
function redactJson(value: JsonValue, redactor: Redactor): JsonValue {
  if (typeof value === 'string') return redactor.redact(value)
  if (Array.isArray(value)) return value.map((item: JsonValue) => redactJson(item, redactor))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value as JsonObject).map(([key, item]) => [key, redactJson(item, redactor)]))
}

export function redactError(error: ErrorData, redactor: Redactor): ErrorData {
  const details = error.details === undefined ? {} : { details: redactJson(error.details, redactor) as JsonObject }
  return { ...error, message: redactor.redact(error.message), ...details }
}
