import type { CommandResult, TaskId } from '@netpulse/core'
import type { Page, PageRequest, TaskFilter, TaskRecord } from '@netpulse/queue'
import type { ConnectionTestRequest } from '../netpulse.js'

/** How long to wait for a device. */
export interface TaskWait {
  /** Milliseconds. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** A task with a part of its log. */
export interface TaskOutput {
  readonly task: TaskRecord
  /** The log from the offset on, with `nextOffset`, `logSize`, `isRunning` in its metadata; nothing while it is launching. */
  readonly results: readonly CommandResult[]
}

/** Where to look for tasks. */
export interface DiscoveryRequest extends ConnectionTestRequest {
  /** Whose the tasks are that nobody knew. @defaultValue '' */
  readonly owner?: string
}

/** What was found on a device. */
export interface Discovery {
  /** Tasks that the login has there. */
  readonly tasks: readonly TaskRecord[]
  /** Tasks of this login that were taken for running and are not there. */
  readonly vanished: number
}

/** Work that runs on without a session. */
export interface Tasks {
  /** Newest first. */
  list(filter: TaskFilter, page: PageRequest): Promise<Page<TaskRecord>>
  find(id: TaskId): Promise<TaskRecord | undefined>
  /**
   * Asks the device for the log from a byte on: whole lines, 256 KiB at most.
   * @defaultValue from the first byte, within 5 seconds
   * @throws TASK_NOT_FOUND, TASK_TIMEOUT, NO_WORKER, QUEUE_FULL; what the device's job failed with, TASK_LOST for one
   */
  read(id: TaskId, options?: TaskWait & { readonly offset?: number }): Promise<TaskOutput>
  /**
   * Ends the whole process group, removes what it left and forgets the task; a launch that waits is canceled.
   * @defaultValue within 10 seconds
   * @throws as `read`; after a TASK_TIMEOUT the task is ended as soon as its device can be asked
   */
  kill(id: TaskId, options?: TaskWait): Promise<void>
  /** Takes the task out of the registry only: what runs at its device runs on. `false`: there was none. */
  forget(id: TaskId): Promise<boolean>
  /**
   * Asks a device for the tasks of a login: unknown ones are known from here on, known ones are brought up to date.
   * @defaultValue within 10 seconds
   * @throws DRIVER_UNKNOWN, INVALID_INPUT, TASK_TIMEOUT, NO_WORKER, QUEUE_FULL; what the device's job failed with
   */
  discover(request: DiscoveryRequest, options?: TaskWait): Promise<Discovery>
}
