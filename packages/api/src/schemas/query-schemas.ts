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
        description: 'Seconds to wait for the end of the job. When they are over, the job is answered as it stands.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type WaitQuery = Static<typeof WaitQuery>

const queue = Type.Optional(
  Type.String({ description: '`FifoQ`, `HostQ_<host>`; of workers also `NodeQ_<hostname>`.' }),
)
const node = Type.Optional(Type.String({ description: 'Id or hostname of a node.' }))
const host = Type.Optional(Type.String({ description: 'Host as in `connection_args`.' }))

/** Form of a moment in requests. */
export const momentPattern = '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+ -]\\d{2}:?\\d{2})?)?$'

const moment = (description: string) =>
  Type.Optional(
    Type.String({
      pattern: momentPattern,
      description: `${description} ISO 8601; without a zone it is UTC.`,
    }),
  )

export const ListJobsQuery = Type.Object(
  {
    queue,
    node,
    host,
    status: Type.Optional(
      Type.Array(Type.Unsafe<(typeof jobStatuses)[number]>({ type: 'string', enum: [...jobStatuses] }), {
        description: 'One or more, separated by commas or given again.',
      }),
    ),
    driver: Type.Optional(Type.String()),
    tag: Type.Optional(Type.String()),
    since: moment('Accepted at or after.'),
    until: moment('Accepted before.'),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default 100.' })),
    cursor: Type.Optional(Type.String({ maxLength: 1000, description: 'As `X-Next-Cursor` of an earlier page.' })),
  },
  { additionalProperties: false },
)
export type ListJobsQuery = Static<typeof ListJobsQuery>

export const PageQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default 100.' })),
    cursor: Type.Optional(Type.String({ maxLength: 1000, description: 'As `X-Next-Cursor` of an earlier page.' })),
  },
  { additionalProperties: false },
)
export type PageQuery = Static<typeof PageQuery>

export const CancelJobsQuery = Type.Object({ queue, host }, { additionalProperties: false })
export type CancelJobsQuery = Static<typeof CancelJobsQuery>

export const ListWorkersQuery = Type.Object({ queue, node, host }, { additionalProperties: false })
export type ListWorkersQuery = Static<typeof ListWorkersQuery>

export const WorkerParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 1200 }) })
export type WorkerParams = Static<typeof WorkerParams>

export const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 600 }) })
export type IdParams = Static<typeof IdParams>
