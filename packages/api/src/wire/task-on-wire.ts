import type { TaskRecord } from '@netpulse/queue'
import { commandsOnWire, errorOnWire } from '@netpulse/webhooks'
import type { DetachedTaskInResponse } from '../schemas/task-schemas.js'
import type { FormatTimestamp } from './timestamps.js'

/** A task with the reference's field names, and what there is beside. */
export function taskOnWire(task: TaskRecord, format: FormatTimestamp): DetachedTaskInResponse {
  const { device, syncedAt, endedAt, error } = task
  return {
    task_id: task.id,
    command: commandsOnWire(task.commands),
    host: device.host,
    device: device.id,
    driver: task.driver,
    status: task.status,
    created_at: format(task.createdAt),
    last_sync: syncedAt === undefined ? null : format(syncedAt),
    ended_at: endedAt === undefined ? null : format(endedAt),
    push_interval: task.pushIntervalSeconds ?? null,
    last_offset: task.offset,
    log_size: task.logSize,
    pid: task.pid ?? null,
    exit_status: task.exitStatus ?? null,
    error: error === undefined ? null : errorOnWire(error),
    job_id: task.jobId ?? null,
    tags: [...task.tags],
    connection_args: task.shownConnection,
  }
}
