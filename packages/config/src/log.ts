import type { JsonObject, JsonValue, Logger } from '@netpulse/core'
import { createRedactor, redacted } from '@netpulse/core'
import { destination, pino } from 'pino'

/** Fields whose value is never shown, whatever it is. */
const secretName = /pass(word|phrase|wd)?$|secret|private_?key|^pkey$|token|authorization|api_?key$|community/i

const apiKey = /\bnp_[a-z0-9]{8}_[A-Za-z0-9_-]{43}/g

const redactor = createRedactor([])

const cleanText = (text: string): string => redactor.redact(text).replace(apiKey, redacted)

function clean(value: JsonValue, name = ''): JsonValue {
  if (secretName.test(name) && value !== null && typeof value !== 'boolean') return redacted
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) return value.map((item: JsonValue) => clean(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clean(item, key)]))
}

/** Where log lines go; a file descriptor unless a test collects them. */
export interface LogSink {
  write(line: string): void
}

/** JSON lines on stderr, without secrets: by the field's name, and by what looks like a secret in a text. */
export function createLogger(level: string, sink: LogSink = destination({ fd: 2, sync: true })): Logger {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' }, sink)
  const at = (method: 'debug' | 'info' | 'warn' | 'error') => (fields: JsonObject, message: string) => {
    if (log.isLevelEnabled(method)) log[method](clean(fields), cleanText(message))
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
