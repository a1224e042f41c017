import type { JsonObject } from '@netpulse/core'

/** Without the fields that say nothing: `null` is how reference clients leave one out. */
export function withoutNulls(object: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== null),
  ) as JsonObject
}
