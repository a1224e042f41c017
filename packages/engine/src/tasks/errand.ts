import type { JobId, NewJob, TaskStep } from '@netpulse/core'
import type { TaskRecord } from '@netpulse/queue'
import { submitDefaults } from '../submit/request-schema.js'

/** Steps that NetPulse takes by itself about one task. */
export type ErrandStep = Extract<TaskStep, { action: 'read' | 'kill' }>

/** Limits of an errand. Seconds. */
export const errandLimits = {
  /** In the queue: behind a long job of the device, for one. */
  ttlSeconds: 300,
  executionTimeoutSeconds: 30,
  /** Its record stays until its end was noted with the task, by whoever lives. */
  resultTtlSeconds: 300,
} as const

/** Who sends an errand, and when. */
export interface ErrandMaking {
  readonly id: JobId
  readonly now: Date
}

/** A job that takes a step about a task, with the secrets that are sealed for the task. */
export function errandOf(task: TaskRecord, step: ErrandStep, { id, now }: ErrandMaking): NewJob {
  const isTold = step.action === 'read' ? step.purpose !== 'answer' : step.tells
  return {
    id,
    // It changes nothing that was not asked for before, may be repeated, and passes a device that is held.
    kind: 'query',
    strategy: task.strategy,
    request: {
      driver: task.driver,
      device: task.device,
      operation: { type: 'command', commands: [] },
      sealedConnection: task.sealedConnection,
      ...(task.credential === undefined ? {} : { credential: task.credential }),
      driverOptions: task.driverOptions,
      switches: task.switches,
      transcript: false,
      executionTimeoutSeconds: errandLimits.executionTimeoutSeconds,
      ...(isTold && task.webhook !== undefined ? { webhook: task.webhook } : {}),
      task: step,
    },
    createdAt: now,
    expiresAt: new Date(now.getTime() + errandLimits.ttlSeconds * 1000),
    resultTtlSeconds: errandLimits.resultTtlSeconds,
    maxAttempts: submitDefaults.maxAttempts,
    tags: task.tags,
    owner: task.owner,
  }
}

/** What errands about a task say of it. */
export const aboutTask = ({ id, commands, createdAt }: TaskRecord) => ({
  taskId: id,
  commands,
  launchedAt: createdAt.getTime(),
})
