import type { JsonObject } from '@netpulse/core'
import { Type, type Static } from 'typebox'
import { nullable } from './nullable.js'
import { page } from './query-schemas.js'
import { DriverExecutionResult } from './response-schemas.js'

const statuses = ['launching', 'running', 'completed'] as const

const status = Type.Unsafe<(typeof statuses)[number]>({
  type: 'string',
  enum: [...statuses],
  description:
    '`launching`: its job has not started it yet, or nobody knows; `running`; `completed`: it has ended, was never started, or cannot be followed any more (`error` says so).',
})

const instant = (description: string) => nullable(Type.String({ description: `${description} ISO 8601.` }))

const taskId = Type.String({ description: 'Id of the task, 12 characters.' })

export const DetachedTaskInResponse = Type.Object(
  {
    task_id: taskId,
    command: Type.Array(Type.String()),
    host: Type.String(),
    device: Type.String({ description: 'Id of the device.' }),
    driver: Type.String(),
    status,
    created_at: instant('When its launch was accepted, or it was found.'),
    last_sync: instant('When its device was last asked, with an answer.'),
    ended_at: instant('When its end was seen.'),
    push_interval: nullable(Type.Integer({ description: 'Seconds.' })),
    last_offset: Type.Integer({ description: 'Byte of the log up to which the webhook was told.' }),
    log_size: Type.Integer({ description: 'Bytes that the log had then.' }),
    pid: nullable(Type.Integer({ description: 'Of the first process of its group.' })),
    exit_status: nullable(Type.Integer({ description: 'Once it has ended.' })),
    error: nullable(
      Type.Object(
        { type: Type.String(), message: Type.String(), code: Type.String() },
        { description: 'Why it was not started, or cannot be followed.' },
      ),
    ),
    job_id: nullable(Type.String({ description: 'The job that launched it; `null` when it was found on its device.' })),
    tags: Type.Array(Type.String()),
    connection_args: Type.Unsafe<JsonObject>({
      type: 'object',
      additionalProperties: true,
      description: 'How it is reached. What is secret is `[redacted]`.',
    }),
  },
  { title: 'DetachedTaskInResponse' },
)
export type DetachedTaskInResponse = Static<typeof DetachedTaskInResponse>

export const DetachedTaskQueryResponse = Type.Object(
  {
    task_id: taskId,
    status,
    result: Type.Array(DriverExecutionResult, {
      description:
        'One entry: `stdout` is the log from `offset` on, in whole lines, 256 KiB at most; its `metadata` has `task_id`, `is_running`, `pid`, `next_offset`, `log_size` and `completed`. None while the task is launching.',
    }),
  },
  { title: 'DetachedTaskQueryResponse' },
)
export type DetachedTaskQueryResponse = Static<typeof DetachedTaskQueryResponse>

export const DetachedTaskDiscoverResponse = Type.Object(
  {
    discovered: Type.Integer({ description: 'Tasks that the login has on the device.' }),
    synced_off: Type.Integer({ description: 'Tasks that were taken for running and are not there.' }),
    tasks: Type.Array(DetachedTaskInResponse, { description: 'Those that are there.' }),
  },
  { title: 'DetachedTaskDiscoverResponse' },
)
export type DetachedTaskDiscoverResponse = Static<typeof DetachedTaskDiscoverResponse>

export const KilledTask = Type.Object(
  { status: Type.Unsafe<'killed'>({ type: 'string', enum: ['killed'] }), task_id: taskId },
  { title: 'KilledTask' },
)

export const ClearedTasks = Type.Object(
  {
    status: Type.Unsafe<'cleared'>({ type: 'string', enum: ['cleared'] }),
    count: Type.Integer({ description: 'Tasks that are not known any more.' }),
  },
  { title: 'ClearedTasks' },
)

export const TaskParams = Type.Object({
  task_id: Type.String({
    minLength: 1,
    maxLength: 100,
    examples: ['6f1d20c3e9a4'],
    description: '`task_id` of a job or of `GET /detached-tasks`.',
  }),
})
export type TaskParams = Static<typeof TaskParams>

export const ListTasksQuery = Type.Object(
  {
    status: Type.Optional(
      Type.Unsafe<(typeof statuses)[number]>({
        type: 'string',
        enum: [...statuses],
        examples: ['running'],
        description: 'Only those that stand so.',
      }),
    ),
    ...page,
  },
  { additionalProperties: false },
)
export type ListTasksQuery = Static<typeof ListTasksQuery>

export const ReadTaskQuery = Type.Object(
  {
    offset: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        examples: [0],
        description: 'Byte of the log to begin at, `next_offset` of the answer before. Default 0.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type ReadTaskQuery = Static<typeof ReadTaskQuery>
