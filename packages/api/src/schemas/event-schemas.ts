import { Type, type Static } from 'typebox'

/** What one message of a stream holds in `data:`. */
export const JobEventMessage = Type.Object(
  {
    job_id: Type.String(),
    sequence: Type.Integer({
      description: 'Grows by one with each event of all jobs. Of an `output`: of the event before.',
    }),
    type: Type.String({
      description:
        '`queued` `started` `retrying` `line` (the device has answered a line of a change) `output` (what it says meanwhile) `cancel_requested` `ended`.',
    }),
    at: Type.String({ description: 'When. ISO 8601.' }),
    data: Type.Unknown({
      description:
        '`started`: `attempt`, `worker`, `node`. `retrying`: `attempt`, `delay_ms`, `error`. `line`: `index`, `result`, and `truncated` when its text was cut. `output`: `attempt`, `text`. `ended`: `status`, `outcome`, and `error` if there is one.',
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
      Type.Boolean({ description: 'Also what the device says while the job runs, as `output`. Default true.' }),
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

/** An answer that is a stream of messages, for the document. */
export const eventStream = (description: string) => ({
  description,
  content: {
    'text/event-stream': {
      schema: {
        type: 'string',
        description:
          'Server-sent events: `event` is the type, `id` the sequence (none with `output`), `data` a `JobEventMessage` as JSON.',
      },
    },
  },
})
