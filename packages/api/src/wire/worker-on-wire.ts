import type { WorkerInfo } from '@netpulse/engine'
import type { WorkerInResponse } from '../schemas/response-schemas.js'
import type { FormatTimestamp } from './timestamps.js'

/** A worker with the reference's field names. */
export function workerOnWire(worker: WorkerInfo, format: FormatTimestamp): WorkerInResponse {
  return {
    name: worker.name,
    status: worker.state,
    type: worker.type,
    pid: worker.node.pid,
    hostname: worker.node.hostname,
    node: worker.node.node,
    device: worker.device ?? null,
    queues: [worker.queue],
    last_heartbeat: format(worker.lastHeartbeatAt),
    birth_at: format(worker.startedAt),
    successful_job_count: worker.succeeded,
    failed_job_count: worker.failed,
  }
}
