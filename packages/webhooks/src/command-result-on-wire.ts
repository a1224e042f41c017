import type { CommandResult, JsonObject, JsonValue } from '@netpulse/core'

/** A device's answer with the field names of the wire: the API's and the webhooks'. */
export interface CommandResultOnWire {
  command: string
  stdout: string
  stderr: string
  exit_status: number
  failure: { kind: string; message: string } | null
  download_url: string | null
  metadata: Record<string, JsonValue> & { host: string; duration_seconds: number; session_reused: boolean }
  parsed: JsonValue
}

const snakeCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Keys as the wire has them. Values are a driver's own and stay as they are. */
export const snakeKeys = (object: JsonObject): Record<string, JsonValue> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [snakeCase(key), value]))

const milliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** URL of a file that a job has brought, by the file's id; `null`: nobody knows where it can be fetched. */
export type UrlOfFile = (fileId: string) => string | null

const nowhere: UrlOfFile = () => null

/** A device's answer with the reference's field names. */
export function commandResultOnWire(result: CommandResult, urlOf: UrlOfFile = nowhere): CommandResultOnWire {
  const { host, durationSeconds, sessionReused, ...more } = result.metadata
  return {
    command: result.command,
    stdout: result.stdout,
    stderr: result.stderr,
    exit_status: result.exitStatus,
    failure: result.failure === null ? null : { kind: result.failure.kind, message: result.failure.message },
    download_url: result.file === undefined ? null : urlOf(result.file.id),
    metadata: {
      ...snakeKeys(more),
      host,
      duration_seconds: milliseconds(durationSeconds),
      session_reused: sessionReused,
    },
    parsed: null,
  }
}
