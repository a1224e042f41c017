import type { JobRecord, JobStatus } from '@netpulse/core'
import type { UrlOfFile } from '@netpulse/webhooks'
import { commandResultOnWire, errorOnWire, linesOnWire, secondsBetween } from '@netpulse/webhooks'
import type { JobInResponse, JobResult } from '../schemas/response-schemas.js'
import type { FormatTimestamp } from './timestamps.js'

/** `result.type` of the reference: 1 successful, 2 failed, 3 stopped. */
const resultType: Readonly<Partial<Record<JobStatus, number>>> = {
  finished: 1,
  failed: 2,
  expired: 2,
  stopped: 3,
  canceled: 3,
}

function resultOnWire({ status, result }: JobRecord, urlOf: UrlOfFile): JobResult | null {
  if (result === undefined) return null
  const { results, error, diff, transcript } = result
  return {
    type: resultType[status] ?? 2,
    retval: results.map((one) => commandResultOnWire(one, urlOf)),
    error: error === undefined ? null : errorOnWire(error),
    ...(diff === undefined ? {} : { diff }),
    ...(transcript === undefined ? {} : { transcript }),
  }
}

const timesOf = (job: JobRecord, format: FormatTimestamp) => ({
  created_at: format(job.createdAt),
  enqueued_at: format(job.createdAt),
  started_at: job.startedAt === undefined ? null : format(job.startedAt),
  ended_at: job.endedAt === undefined ? null : format(job.endedAt),
  duration: secondsBetween(job.startedAt, job.endedAt),
  queue_time: secondsBetween(job.createdAt, job.startedAt),
})

/** Nothing where it is not known, as in a list. */
function positionOnWire({ status, queuePosition }: JobRecord): Pick<JobInResponse, 'queue_position'> {
  if (status !== 'queued') return { queue_position: null }
  return queuePosition === undefined ? {} : { queue_position: queuePosition }
}

/** A job with the reference's field names, and those that tell the whole truth about it. */
export function jobOnWire(job: JobRecord, format: FormatTimestamp, urlOf: UrlOfFile): JobInResponse {
  const { request } = job
  return {
    id: job.id,
    status: job.status,
    outcome: job.outcome ?? null,
    ...timesOf(job, format),
    queue: job.queue,
    worker: job.worker ?? null,
    node: job.node ?? null,
    result: resultOnWire(job, urlOf),
    task_id: request.task?.action === 'launch' ? request.task.taskId : null,
    device_name: request.device.host,
    device: job.deviceId,
    driver: request.driver,
    kind: job.kind,
    queue_strategy: job.strategy,
    command: linesOnWire(request.operation),
    ...positionOnWire(job),
    attempt: job.attempt,
    tags: [...job.tags],
    cancel_requested: job.cancelRequested,
    ...(job.progress.length === 0 ? {} : { progress: job.progress.map((one) => commandResultOnWire(one, urlOf)) }),
  }
}
