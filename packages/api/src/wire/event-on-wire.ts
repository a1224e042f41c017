import type { CommandResult, ErrorData, JobEvent, JsonObject, JsonValue } from '@netpulse/core'
import type { UrlOfFile } from '@netpulse/webhooks'
import { commandResultOnWire, errorOnWire, snakeKeys } from '@netpulse/webhooks'
import type { JobEventMessage } from '../schemas/event-schemas.js'
import type { FormatTimestamp } from './timestamps.js'

/** The data of an event with the wire's names; of an answer as in a result. */
function dataOnWire({ type, data }: JobEvent, urlOf: UrlOfFile): JsonValue {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
  const object = data as JsonObject
  const { result, error, ...rest } = object
  return {
    ...snakeKeys(rest),
    ...(type === 'line'
      ? { result: commandResultOnWire(result as unknown as CommandResult, urlOf) as unknown as JsonObject }
      : {}),
    ...(error === undefined ? {} : { error: { ...errorOnWire(error as unknown as ErrorData) } }),
  }
}

/** What happened to a job, as the streams tell it. */
export const eventOnWire = (event: JobEvent, format: FormatTimestamp, urlOf: UrlOfFile): JobEventMessage => ({
  job_id: event.jobId,
  sequence: event.sequence,
  type: event.type,
  at: format(event.at),
  data: dataOnWire(event, urlOf),
})
