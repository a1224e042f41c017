import type { ErrorData, TaskReport, TaskStep } from '@netpulse/core'

/** A look at a task. */
export type ReadStep = Extract<TaskStep, { action: 'read' }>

/** Failures that another look would only repeat: of these the device or somebody who grants logins has said no. */
const lastKinds: ReadonlySet<ErrorData['kind']> = new Set(['denied', 'invalid', 'not-found'])

/** Whether a failed look is the last: the task is gone, the login is refused, or it was tried for too long. */
export const endsFollowing = ({ kind }: ErrorData, step: ReadStep): boolean =>
  step.givesUp === true || lastKinds.has(kind)

/** Whether the task has ended and its whole log was read. */
export const isOver = ({ running, nextOffset, logSize }: TaskReport): boolean => !running && nextOffset >= logSize
