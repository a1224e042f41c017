import type { ErrorData, JobRecord, TaskReport } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import { queueError } from '@netpulse/queue'
import type { TaskRecord } from '@netpulse/queue'
import { engineError } from '../errors.js'
import type { ReadStep } from './task-end.js'
import { endsFollowing, isOver } from './task-end.js'
import { nextLookMs, retryLookMs, taskTimes } from './task-times.js'

/** What becomes of a task: how it is kept, and when it is due; or that it is forgotten. */
export type TaskMove = { readonly task: TaskRecord; readonly dueInMs: number } | 'forget'

const free = ({ errand: _, ...task }: TaskRecord): TaskRecord => task

const withReport = (task: TaskRecord, { logSize, pid, exitStatus }: TaskReport, at: Date): TaskRecord => ({
  ...task,
  logSize,
  syncedAt: at,
  failures: 0,
  ...(pid === undefined ? {} : { pid }),
  ...(exitStatus === undefined ? {} : { exitStatus }),
})

/** A task that is over stays for those who ask how it went. */
const completed = (task: TaskRecord, endedAt: Date, error?: ErrorData): TaskMove => ({
  task: { ...free(task), status: 'completed', endedAt, ...(error === undefined ? {} : { error }) },
  dueInMs: taskTimes.keepEndedMs,
})

const noReason = (job: JobRecord): ErrorData => {
  const error = queueError('CONTACT_LOST', `Job ${job.id} ended ${job.status}, and says nothing of its task.`)
  return toErrorData(error)
}

/**
 * What the end of a job about a task means for the task. Noting the same end twice is the caller's to keep out.
 *
 * | job | its end | the task |
 * |---|---|---|
 * | launch | started | running; a look is due, at once when the task has ended already |
 * | launch | refused, failed before it touched the device, canceled, expired | completed, with the error |
 * | launch | nobody knows (`unknown`) | stays launching; a look is due that settles it |
 * | read | runs on | running; a look is due at its time, at once while more of the log is there to be pushed |
 * | read | ended, the whole log read | completed |
 * | read | the task is gone, the login refused, given up | completed, with the error |
 * | read | failed otherwise | as it was; a look is due, later each time |
 * | kill | done | forgotten |
 * | kill | failed | as it was; a look is due |
 */
export function foldJob(task: TaskRecord, job: JobRecord): TaskMove {
  const step = job.request.task
  if (step?.action === 'launch') return foldLaunch(task, job)
  if (step?.action === 'read') return foldRead(task, job, step)
  if (job.status === 'finished') return 'forget'
  return { task: free(task), dueInMs: taskTimes.firstLookMs }
}

function foldLaunch(task: TaskRecord, job: JobRecord): TaskMove {
  const at = job.endedAt!
  const report = job.result?.task
  if (job.status === 'finished' && job.outcome === 'succeeded' && report !== undefined) {
    const running: TaskRecord = { ...withReport(free(task), report, at), status: 'running' }
    return { task: running, dueInMs: report.running ? nextLookMs(running) : 0 }
  }
  if (job.outcome === 'unknown' || job.outcome === 'partial') return { task: free(task), dueInMs: 0 }
  return completed(task, at, job.result?.error ?? refusalOf(job) ?? noReason(job))
}

/** The device said no: that is a result, and why the task does not run. */
function refusalOf(job: JobRecord): ErrorData | undefined {
  const message = job.result?.results.find(({ failure }) => failure !== null)?.failure?.message
  return message === undefined ? undefined : toErrorData(engineError('TASK_REFUSED', message))
}

/** What is only watched is told at the end, from its beginning. */
const offsetAfter = ({ offset }: TaskRecord, report: TaskReport, { purpose }: ReadStep): number =>
  purpose === 'watch' && report.running ? offset : report.nextOffset

function foldRead(task: TaskRecord, job: JobRecord, step: ReadStep): TaskMove {
  const report = job.result?.task
  if (job.status === 'finished' && report !== undefined) {
    const read = withReport(free(task), report, job.endedAt!)
    const told: TaskRecord = { ...read, status: 'running', offset: offsetAfter(task, report, step) }
    if (isOver(report)) return completed(told, job.endedAt!)
    const isMore = step.purpose === 'push' && report.nextOffset < report.logSize
    return { task: told, dueInMs: isMore || !report.running ? 0 : nextLookMs(told) }
  }
  const error = job.result?.error
  // One that never ran, or was taken back, says nothing about the device.
  if (job.status === 'failed' && error !== undefined && endsFollowing(error, step))
    return completed(task, job.endedAt!, error)
  const again: TaskRecord = { ...free(task), failures: task.failures + 1 }
  return { task: again, dueInMs: retryLookMs(again) }
}
