import type { JobId, NetPulseError } from '@netpulse/core'
import { defineErrors } from '@netpulse/core'

export const queueError = defineErrors({
  JOB_NOT_FOUND: { kind: 'not-found', summary: 'No job has this id, or its `result_ttl` is over.' },
  TASK_NOT_FOUND: {
    kind: 'not-found',
    summary:
      'No task has this id: it was never launched here, was killed, or has ended a while ago. `POST /detached-tasks/discover` asks a device for those that it has.',
  },
  STALE_CLAIM: {
    kind: 'conflict',
    summary: 'A worker wrote about a job that is no longer its own: the job was taken over after the worker was lost.',
  },
  LEASE_LOST: {
    kind: 'conflict',
    retryable: true,
    summary: 'The node lost its right to the device; another one may hold it now. The session was closed.',
  },
  ATTEMPTS_USED: { kind: 'conflict', summary: 'A retry was asked for after the last attempt that the job may have.' },
  CANCELED: { kind: 'conflict', summary: 'The job was canceled while it ran.' },
  INVALID_CURSOR: { kind: 'invalid', summary: 'The cursor is not one that an earlier page gave.' },
  CONTACT_LOST: {
    kind: 'unavailable',
    summary:
      'The worker was lost while the job ran. When `outcome` is `unknown`, the change may have reached the device: verify it.',
  },
  STORE_TOO_NEW: {
    kind: 'unavailable',
    summary: 'The job store was written by a newer version of NetPulse. Run that version, or choose another folder.',
  },
  STORE_UNAVAILABLE: {
    kind: 'unavailable',
    retryable: true,
    summary: 'The job store cannot be opened or written: disk full, no permission, or held by another process.',
  },
})

export const jobNotFound = (id: JobId): NetPulseError =>
  queueError('JOB_NOT_FOUND', `There is no job ${id}, or its result is no longer kept.`)
