import type { CommandFailure, FoundTask, TaskState } from '@netpulse/core'
import type { CallContext, SendOptions } from './session.js'

/** What the device made of a launch. */
export interface LaunchReply extends TaskState {
  /** `null`: it was started, or had been before. */
  readonly failure: CommandFailure | null
}

/** A part of a task's log. */
export interface LogRange {
  /** Byte to begin at. A log that is shorter by now, because it was cut, is read from its beginning. */
  readonly offset: number
  /** Bytes at most, from 1. */
  readonly maxBytes: number
}

/** What a task has printed, and how it stands. */
export interface TaskReading extends TaskState {
  /**
   * Standard output and error as they came, UTF-8. While more may follow it ends with a whole line, so that no secret is
   * cut in two; a line that is longer than the range is given in pieces of whole characters. See `logTextOf`.
   */
  readonly text: string
  /** Byte to go on from. */
  readonly nextOffset: number
  /** Bytes that the log has. */
  readonly logSize: number
}

/**
 * Work that goes on when the session is gone: in a process group of its own, with its output in a file and its exit status
 * kept. A task has a name that its caller gives, and belongs to the login: any later session of the same login finds it.
 */
export interface TaskAccess {
  /**
   * Starts the commands, one after another, as one task. Under a name that the device knows already it starts nothing, and
   * says how that task stands. What the device refuses is in the reply.
   */
  launch(taskId: string, commands: readonly string[], context: CallContext, send: SendOptions): Promise<LaunchReply>
  /** @throws TASK_LOST when the device knows no such task */
  read(taskId: string, range: LogRange, context: CallContext, send: SendOptions): Promise<TaskReading>
  /** Ends every process of the group and removes what the task has left. A task that is not there is no error. */
  kill(taskId: string, context: CallContext, send: SendOptions): Promise<{ readonly wasRunning: boolean }>
  /** Every task that the login has there, ended ones too while something is left of them. */
  discover(context: CallContext, send: SendOptions): Promise<readonly FoundTask[]>
}
