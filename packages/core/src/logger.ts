import type { JsonObject } from './json.js'

/** Structured log. Fields never hold secrets; the sink redacts what slips through. */
export interface Logger {
  debug(fields: JsonObject, message: string): void
  info(fields: JsonObject, message: string): void
  warn(fields: JsonObject, message: string): void
  error(fields: JsonObject, message: string): void
}

const nothing = (): void => undefined

/** Drops everything: the default of embedded use. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
