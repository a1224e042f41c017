import type { JobRecord, JobStatus, JsonObject, JsonValue, WebhookEvent } from '@netpulse/core'
import type { UrlOfFile } from './command-result-on-wire.js'
import { commandResultOnWire } from './command-result-on-wire.js'
import { errorOnWire, linesOnWire, secondsBetween } from './job-on-wire.js'

/** `result.type` in the reference's words. */
const resultTypes: Readonly<Partial<Record<JobStatus, string>>> = {
  finished: 'successful',
  stopped: 'stopped',
  canceled: 'stopped',
}

function resultOf({ status, result }: JobRecord, urlOf: UrlOfFile | undefined): JsonObject {
  const { results = [], error } = result ?? {}
  return {
    type: resultTypes[status] ?? 'failed',
    retval: results.map((one) => commandResultOnWire(one, urlOf)) as unknown as JsonValue,
    error: error === undefined ? null : { ...errorOnWire(error) },
  }
}

function endOf(job: JobRecord, urlOf: UrlOfFile | undefined): JsonObject {
  return {
    status: job.status,
    outcome: job.outcome ?? null,
    started_at: job.startedAt?.toISOString() ?? null,
    ended_at: job.endedAt?.toISOString() ?? null,
    duration: secondsBetween(job.startedAt, job.endedAt),
    result: resultOf(job, urlOf),
  }
}

/** What is told of a job: as it was when the event happened, whatever came after. */
export interface TellableEvent {
  readonly event: WebhookEvent
  readonly at: Date
}

/**
 * The reference's payload of an event (`WebhookPayload`), with `outcome` beside `status`, and the words `canceled`,
 * `expired` and `started`, which the reference tells nobody. `final` is false for a start only.
 */
export function webhookPayload({ event, at }: TellableEvent, job: JobRecord, urlOf?: UrlOfFile): JsonObject {
  const started: JsonObject = {
    status: 'started',
    outcome: null,
    started_at: at.toISOString(),
    ended_at: null,
    duration: null,
    result: null,
  }
  const { device } = job.request
  return {
    id: job.id,
    event_type: event,
    final: event !== 'job.started',
    timestamp: at.toISOString(),
    ...(event === 'job.started' ? started : endOf(job, urlOf)),
    device: { host: device.host, device_type: device.platform ?? null },
    task_id: null,
    device_name: device.host,
    command: linesOnWire(job.request.operation),
  }
}
