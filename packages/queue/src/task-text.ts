import type { TaskRecord } from './tasks.js'

type TaskText = Omit<TaskRecord, 'createdAt' | 'syncedAt' | 'endedAt'> & {
  readonly createdAt: number
  readonly syncedAt?: number
  readonly endedAt?: number
}

/** A task as JSON. Instants are milliseconds since 1970. */
export function taskText(task: TaskRecord): string {
  return JSON.stringify({
    ...task,
    createdAt: task.createdAt.getTime(),
    syncedAt: task.syncedAt?.getTime(),
    endedAt: task.endedAt?.getTime(),
  })
}

/** The task again. */
export function taskOfText(text: string): TaskRecord {
  const { createdAt, syncedAt, endedAt, ...rest } = JSON.parse(text) as TaskText
  return {
    ...rest,
    createdAt: new Date(createdAt),
    ...(syncedAt === undefined ? {} : { syncedAt: new Date(syncedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt) }),
  }
}
