import type { JobRecord, JobStatus, JsonObject, JsonValue, WebhookEvent } from '@netpulse/core'
import type { UrlOfFile } from './command-result-on-wire.js'
import { commandResultOnWire } from './command-result-on-wire.js'
import { commandsOnWire, errorOnWire, linesOnWire, secondsBetween } from './job-on-wire.js'

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

const taskResultOf = (event: WebhookEvent, { result }: JobRecord): JsonObject => ({
  type: event === 'detached.failed' ? 'failed' : 'successful',
  retval: (result?.results ?? []).map((one) => commandResultOnWire(one)) as unknown as JsonValue,
  error: result?.error === undefined ? null : { ...errorOnWire(result.error) },
})

/** What an event of a task says in the place of what its errand is: the task's own id, commands and times. */
function taskOf({ event, at }: TellableEvent, job: JobRecord): JsonObject {
  const { task } = job.request
  if (task?.action !== 'read' && task?.action !== 'kill') return {}
  const launchedAt = new Date(task.launchedAt)
  const endedAt = event === 'detached.log_push' ? undefined : at
  return {
    id: task.taskId,
    status: event === 'detached.failed' ? 'failed' : 'finished',
    outcome: null,
    started_at: launchedAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
    duration: secondsBetween(launchedAt, endedAt),
    result: taskResultOf(event, job),
    command: commandsOnWire(task.commands),
  }
}

const taskIdOf = ({ request: { task } }: JobRecord): string | null =>
  task === undefined || task.action === 'discover' ? null : task.taskId

/**
 * The reference's payload of an event (`WebhookPayload`), with `outcome` beside `status`, and the words `canceled`,
 * `expired` and `started`, which the reference tells nobody. `final` is false for a start and for new lines of a task's log.
 * An event of a task has the task's id, and the part of its log.
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
    final: event !== 'job.started' && event !== 'detached.log_push',
    timestamp: at.toISOString(),
    ...(event === 'job.started' ? started : endOf(job, urlOf)),
    device: { host: device.host, device_type: device.platform ?? null },
    task_id: taskIdOf(job),
    device_name: device.host,
    command: linesOnWire(job.request.operation),
    ...taskOf({ event, at }, job),
  }
}
