import type { TestDevice } from '@netpulse/driver-sdk/testing'

export interface TaskBox extends TestDevice {
  readonly tasks: NonNullable<TestDevice['tasks']>
  /** Verbs that were asked for, in order. */
  readonly seen: string[]
  /** Ids of the tasks that are there. */
  taskIds(): readonly string[]
  /** Forgets a task behind everybody's back. */
  lose(taskId: string): void
}

/** Name of the package with the driver, for the plugin table. */
export const taskBoxPlugin: string

/** Makes the driver known to an application in the folder, as an installation of its package would. */
export function installTaskBox(folder: string): void

/** A device on this machine that runs commands, and tasks that outlive their connection. */
export function startTaskBox(): Promise<TaskBox>
