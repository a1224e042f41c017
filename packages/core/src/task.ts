import type { JobRequest } from './job.js'
import type { TaskId } from './ids.js'

/** What an errand about one task carries with it. */
interface OfTask {
  readonly taskId: TaskId
  /** Command lines of the task. */
  readonly commands: readonly string[]
  /** When it was launched: milliseconds since 1970. */
  readonly launchedAt: number
}

/**
 * What a job does about a task: work that goes on when the session is gone. A job without a step runs its operation. The
 * operation of `read`, `kill` and `discover` is empty: whoever overlooks the step runs nothing twice.
 */
export type TaskStep =
  /** Starts the job's commands as a task. Its client sent this job; the others are errands of NetPulse's own. */
  | { readonly action: 'launch'; readonly taskId: TaskId; readonly pushIntervalSeconds?: number }
  | (OfTask & {
      readonly action: 'read'
      /** Byte of the log to begin at. */
      readonly offset: number
      /**
       * What for: `answer` somebody who asks; `push` what is new to the webhook; `watch` for the end and tell that. Only the
       * last two tell the webhook anything.
       */
      readonly purpose: 'answer' | 'push' | 'watch'
      /** Whether any failure is the last: the device was out of reach for too long. */
      readonly givesUp?: true
    })
  | (OfTask & {
      readonly action: 'kill'
      /** Whether the end is still to be told. */
      readonly tells: boolean
    })
  /** Looks for every task that the login has on the device. */
  | { readonly action: 'discover' }

/** How a task was found. */
export interface TaskState {
  readonly running: boolean
  /** Of the first process of the task's group. */
  readonly pid?: number
  /** Once it has ended, where the device knows it. */
  readonly exitStatus?: number
}

/** What a step says of its task. */
export interface TaskReport extends TaskState {
  /** Byte of the log to go on from. */
  readonly nextOffset: number
  /** Bytes that the log has. */
  readonly logSize: number
}

/** A task that was found on a device. */
export interface FoundTask extends TaskState {
  readonly taskId: string
  /** Its command lines, where the device keeps them. */
  readonly commands?: readonly string[]
}

/** Whether NetPulse itself made the job, to look after a task: no list and no count shows it. */
export const isErrand = ({ task }: Pick<JobRequest, 'task'>): boolean => task !== undefined && task.action !== 'launch'
