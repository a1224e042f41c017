import { jobStatuses } from '@netpulse/core'
import { Type, type Static } from 'typebox'

/** Longest time that one request may wait, in seconds. */
const longestWaitSeconds = 60

export const WaitQuery = Type.Object(
  {
    wait: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: longestWaitSeconds,
        examples: [10],
        description: 'Seconds to wait for the end of the job. When they are over, the job is answered as it stands.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type WaitQuery = Static<typeof WaitQuery>

const queue = Type.Optional(
  Type.String({
    examples: ['HostQ_192.0.2.1'],
    description: '`FifoQ`, `HostQ_<host>`; of workers also `NodeQ_<hostname>`.',
  }),
)
const node = Type.Optional(Type.String({ examples: ['netpulse-1'], description: 'Id or hostname of a node.' }))
const host = Type.Optional(Type.String({ examples: ['192.0.2.1'], description: 'Host as in `connection_args`.' }))

/** Form of a moment in requests. */
export const momentPattern = '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+ -]\\d{2}:?\\d{2})?)?$'

/** A moment of a query. */
export const moment = (description: string, example: string) =>
  Type.Optional(
    Type.String({
      pattern: momentPattern,
      examples: [example],
      description: `${description} ISO 8601; without a zone it is UTC.`,
    }),
  )

/** Which part of a list. */
export const page = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, examples: [10], description: 'Longest page. Default 100.' }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 1000, description: 'As `X-Next-Cursor` of an earlier page.' })),
}

export const ListJobsQuery = Type.Object(
  {
    queue,
    node,
    host,
    status: Type.Optional(
      Type.Array(Type.Unsafe<(typeof jobStatuses)[number]>({ type: 'string', enum: [...jobStatuses] }), {
        examples: [['finished', 'failed']],
        description: 'One or more, separated by commas or given again.',
      }),
    ),
    driver: Type.Optional(Type.String({ examples: ['cli'], description: 'Name of the driver, not an alias.' })),
    tag: Type.Optional(Type.String({ examples: ['change-4711'], description: 'One of the tags of the request.' })),
    since: moment('Accepted at or after.', '2026-03-02T09:00:00Z'),
    until: moment('Accepted before.', '2026-03-02T10:00:00Z'),
    ...page,
  },
  { additionalProperties: false },
)
export type ListJobsQuery = Static<typeof ListJobsQuery>

export const PageQuery = Type.Object(page, { additionalProperties: false })
export type PageQuery = Static<typeof PageQuery>

export const CancelJobsQuery = Type.Object({ queue, host }, { additionalProperties: false })
export type CancelJobsQuery = Static<typeof CancelJobsQuery>

export const ListWorkersQuery = Type.Object({ queue, node, host }, { additionalProperties: false })
export type ListWorkersQuery = Static<typeof ListWorkersQuery>

export const WorkerParams = Type.Object({
  name: Type.String({
    minLength: 1,
    maxLength: 1200,
    examples: ['pinned/192.0.2.1@netpulse-1'],
    description: '`name` of `GET /workers`.',
  }),
})
export type WorkerParams = Static<typeof WorkerParams>

export const IdParams = Type.Object({
  id: Type.String({
    minLength: 1,
    maxLength: 600,
    examples: ['019ac1f2-7d30-7c41-b5a2-6f1d20c3e9a4'],
    description: '`id` of a job.',
  }),
})
export type IdParams = Static<typeof IdParams>

export const DeliveryParams = Type.Object({
  id: Type.String({
    minLength: 1,
    maxLength: 600,
    examples: ['019ac1f2-7de6-7b02-9c3e-1f4a5b6c7d8e'],
    description: '`id` of a delivery.',
  }),
})
export type DeliveryParams = Static<typeof DeliveryParams>

export const KeyParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 600, examples: ['k7f3a9c2e1b4'], description: '`id` of an API key.' }),
})
export type KeyParams = Static<typeof KeyParams>

export const DeviceParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 600, examples: ['192.0.2.1'], description: '`device` of a job.' }),
})
export type DeviceParams = Static<typeof DeviceParams>

export const PauseParams = Type.Object({
  id: Type.String({
    pattern: '^[A-Za-z0-9_-]{22}$',
    examples: ['Zm9yIGV4YW1wbGUgb25seQ'],
    description: '`id` of a pause.',
  }),
})
export type PauseParams = Static<typeof PauseParams>
