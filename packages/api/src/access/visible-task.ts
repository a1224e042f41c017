import type { TaskId } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { TaskRecord } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import type { Principal } from '../principal.js'
import { seesTask } from './job-access.js'

/**
 * The task, for whoever may know of it. For all others it is not there.
 * @throws TASK_NOT_FOUND
 */
export async function visibleTask(
  { tasks }: Pick<NetPulse, 'tasks'>,
  id: TaskId,
  principal: Principal,
): Promise<TaskRecord> {
  const task = await tasks.find(id)
  if (task === undefined || !seesTask(principal, task))
    throw queueError('TASK_NOT_FOUND', `Detached task ${id} not found`)
  return task
}
