import type { ErrorData, JobRecord, JobResult, TaskReport, TaskStep } from '@netpulse/core'
import { asDeviceId, asTaskId, newJobId } from '@netpulse/core'
import type { TaskRecord } from '@netpulse/queue'
import { sampleJob } from '@netpulse/queue/testing'
import { describe, expect, it } from 'vitest'
import { foldJob } from '../../src/tasks/fold.js'

const at = new Date('2026-03-02T09:00:00Z')
const id = asTaskId('task00000001')

const task = (change: Partial<TaskRecord> = {}): TaskRecord => ({
  id,
  status: 'running',
  commands: ['make'],
  driver: 'box',
  device: { id: asDeviceId('r1'), host: 'r1', port: 22 },
  strategy: 'pinned',
  sealedConnection: 'sealed',
  driverOptions: {},
  switches: {},
  shownConnection: {},
  offset: 10,
  logSize: 10,
  createdAt: at,
  failures: 2,
  looks: 3,
  errand: { jobId: newJobId(), action: 'read' },
  tags: [],
  owner: '',
  ...change,
})

const ended = (step: TaskStep, change: Partial<JobRecord>, result: Partial<JobResult> = {}): JobRecord => {
  const job = sampleJob({}, at)
  return {
    ...job,
    request: { ...job.request, task: step },
    deviceId: job.request.device.id,
    status: 'finished',
    outcome: 'succeeded',
    queue: 'HostQ_r1',
    attempt: 1,
    progress: [],
    cancelRequested: false,
    endedAt: at,
    result: { results: [], ...result },
    ...change,
  }
}

const launch: TaskStep = { action: 'launch', taskId: id }
const about = { taskId: id, commands: ['make'], launchedAt: at.getTime() }
const push = { ...about, action: 'read', offset: 10, purpose: 'push' } as const
const watch = { ...push, purpose: 'watch' } as const
const kill: TaskStep = { ...about, action: 'kill', tells: true }

const running: TaskReport = { running: true, pid: 7, nextOffset: 15, logSize: 15 }
const over: TaskReport = { running: false, exitStatus: 3, nextOffset: 15, logSize: 15 }
const failed = { status: 'failed', outcome: 'failed' } as const
const error = (code: string, kind: ErrorData['kind']): { readonly error: ErrorData } => ({
  error: { code, kind, message: code, retryable: false },
})

const launching = task({ status: 'launching', offset: 0, logSize: 0, looks: 0, failures: 0 })
const pushing = task({ pushIntervalSeconds: 5 })

const rows: readonly { name: string; before: TaskRecord; job: JobRecord; after: Partial<TaskRecord>; due: number }[] = [
  {
    name: 'a launch that started runs, and is looked at soon',
    before: launching,
    job: ended(launch, {}, { task: { ...running, nextOffset: 0, logSize: 0 } }),
    after: { status: 'running', pid: 7, offset: 0 },
    due: 5_000,
  },
  {
    name: 'a launch that is over already is looked at at once',
    before: launching,
    job: ended(launch, {}, { task: { ...over, nextOffset: 0 } }),
    after: { status: 'running' },
    due: 0,
  },
  {
    name: 'a launch that the device could not be asked for never ran',
    before: launching,
    job: ended(launch, failed, error('CONNECT_FAILED', 'unavailable')),
    after: { status: 'completed', endedAt: at, error: error('CONNECT_FAILED', 'unavailable').error },
    due: 300_000,
  },
  {
    name: 'a launch that expired never ran',
    before: launching,
    job: ended(launch, { status: 'expired', outcome: 'expired' }),
    after: { status: 'completed' },
    due: 300_000,
  },
  {
    name: 'a launch of unknown outcome is looked for at once',
    before: launching,
    job: ended(launch, { status: 'failed', outcome: 'unknown' }, error('CONTACT_LOST', 'unavailable')),
    after: { status: 'launching' },
    due: 0,
  },
  {
    name: 'a push goes on where it ended',
    before: pushing,
    job: ended(push, {}, { task: running }),
    after: { status: 'running', offset: 15, logSize: 15, failures: 0, syncedAt: at },
    due: 5_000,
  },
  {
    name: 'a push of a part is followed by the next at once',
    before: pushing,
    job: ended(push, {}, { task: { ...running, logSize: 99 } }),
    after: { offset: 15, logSize: 99 },
    due: 0,
  },
  {
    name: 'a watch tells nothing before the end, and waits longer each time',
    before: task({ offset: 0 }),
    job: ended(watch, {}, { task: running }),
    after: { offset: 0, logSize: 15 },
    due: 40_000,
  },
  {
    name: 'the end of a task',
    before: pushing,
    job: ended(push, {}, { task: over }),
    after: { status: 'completed', exitStatus: 3, offset: 15, endedAt: at },
    due: 300_000,
  },
  {
    name: 'a launch that was found after all runs',
    before: launching,
    job: ended(watch, {}, { task: running }),
    after: { status: 'running' },
    due: 5_000,
  },
  {
    name: 'a task that is gone',
    before: pushing,
    job: ended(push, failed, error('TASK_LOST', 'not-found')),
    after: { status: 'completed', error: error('TASK_LOST', 'not-found').error },
    due: 300_000,
  },
  {
    name: 'a login that is refused is not tried again',
    before: pushing,
    job: ended(push, failed, error('AUTH_FAILED', 'denied')),
    after: { status: 'completed', error: error('AUTH_FAILED', 'denied').error },
    due: 300_000,
  },
  {
    name: 'a device that is out of reach is asked later, each time',
    before: pushing,
    job: ended(push, failed, error('CONNECT_FAILED', 'unavailable')),
    after: { status: 'running', failures: 3, offset: 10 },
    due: 20_000,
  },
  {
    name: 'a device that is out of reach for too long is given up',
    before: pushing,
    job: ended({ ...push, givesUp: true }, failed, error('CONNECT_FAILED', 'unavailable')),
    after: { status: 'completed' },
    due: 300_000,
  },
  {
    name: 'a look that expired says nothing about the device, even the last one',
    before: pushing,
    job: ended({ ...push, givesUp: true }, { status: 'expired', outcome: 'expired' }),
    after: { status: 'running', failures: 3 },
    due: 20_000,
  },
  {
    name: 'a kill that failed leaves the task to be looked at',
    before: pushing,
    job: ended(kill, failed, error('CONNECT_FAILED', 'unavailable')),
    after: { status: 'running' },
    due: 5_000,
  },
]

describe('the end of a job about a task', () => {
  it.each(rows)('$name', ({ before, job, after, due }) => {
    const move = foldJob(before, job)
    if (move === 'forget') throw new Error('the task was forgotten')
    expect(move.task).toMatchObject(after)
    expect(move.task.errand).toBeUndefined()
    expect(move.dueInMs).toBe(due)
  })

  it('forgets what was killed', () => {
    expect(foldJob(pushing, ended(kill, {}))).toBe('forget')
  })
})
