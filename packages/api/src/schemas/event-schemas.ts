import type { JobEvent } from '@netpulse/core'
import { Type, type Static } from 'typebox'

const eventTypes: readonly JobEvent['type'][] = [
  ...(['queued', 'started', 'retrying', 'line', 'output', 'progress', 'cancel_requested', 'ended'] as const),
]

/** What one message of a stream holds in `data:`. */
export const JobEventMessage = Type.Object(
  {
    job_id: Type.String(),
    sequence: Type.Integer({
      description: 'Grows by one with each event of all jobs. Of an `output` or a `progress`: of the event before.',
    }),
    type: Type.Unsafe<JobEvent['type']>({
      type: 'string',
      enum: [...eventTypes],
      description:
        '`queued` `started` `retrying` `line` (the device has answered a line of a change) `output` (what it says meanwhile) `progress` (how far a file is) `cancel_requested` `ended`.',
    }),
    at: Type.String({ description: 'When. ISO 8601.' }),
    data: Type.Unknown({
      description:
        '`queued`: `queue`. `started`: `attempt`, `worker`, `node`. `retrying`: `attempt`, `delay_ms`, `error`. `line`: `index`, `result`, and `truncated` when its text was cut. `output`: `attempt`, `text`. `progress`: `attempt`, `transferred_bytes`, and `total_bytes` where that is known. `ended`: `status`, `outcome`, and `error` if there is one.',
    }),
  },
  { title: 'JobEventMessage' },
)
export type JobEventMessage = Static<typeof JobEventMessage>

const after = Type.Optional(
  Type.Integer({
    minimum: 0,
    description:
      'Only events after this `sequence`: for clients that cannot send `Last-Event-ID`, which goes before it.',
  }),
)

export const EventsQuery = Type.Object({ after }, { additionalProperties: false })
export type EventsQuery = Static<typeof EventsQuery>

export const JobEventsQuery = Type.Object(
  {
    after,
    output: Type.Optional(
      Type.Boolean({
        description:
          'Also what the device says while the job runs, as `output`, and how far a file is, as `progress`. Default true.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type JobEventsQuery = Static<typeof JobEventsQuery>

export const EventsHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({
      pattern: '^\\d{1,15}$',
      description: 'The `id` of the last message that was read: go on behind it.',
    }),
  ),
})
export type EventsHeaders = Static<typeof EventsHeaders>

const messageExample: JobEventMessage = {
  job_id: '019ac1f2-7d30-7c41-b5a2-6f1d20c3e9a4',
  sequence: 4711,
  type: 'ended',
  at: '2026-03-02T09:15:00.182Z',
  data: { status: 'finished', outcome: 'succeeded' },
}

const streamExample = `event: ended\nid: 4711\ndata: ${JSON.stringify(messageExample)}\n\n`

/** An answer that is a stream of messages, for the document. */
export const eventStream = (description: string) => ({
  description,
  content: {
    'text/event-stream': {
      schema: {
        type: 'string',
        description:
          'Server-sent events: `event` is the type, `id` the sequence (none with `output` and `progress`), `data` a `JobEventMessage` as JSON.',
        'x-data': JobEventMessage,
      },
      example: streamExample,
    },
  },
})
