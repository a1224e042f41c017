import type { ErrorData, JsonObject, JsonValue, Redactor } from '@netpulse/core'

function redactValue(value: JsonValue, redactor: Redactor): JsonValue {
  if (typeof value === 'string') return redactor.redact(value)
  if (Array.isArray(value)) return value.map((item: JsonValue) => redactValue(item, redactor))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, item]) => [key, redactValue(item, redactor)]),
  )
}

/** Data with every text in it redacted. */
export const redactJson = <Data extends JsonValue>(value: Data, redactor: Redactor): Data =>
  redactValue(value, redactor) as Data

export function redactError(error: ErrorData, redactor: Redactor): ErrorData {
  const details = error.details === undefined ? {} : { details: redactJson(error.details, redactor) }
  return { ...error, message: redactor.redact(error.message), ...details }
}
