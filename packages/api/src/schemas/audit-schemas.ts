import type { AuditAction } from '@netpulse/core'
import { auditActions } from '@netpulse/core'
import type { JsonObject } from '@netpulse/core'
import { Type, type Static } from 'typebox'
import { nullable } from './nullable.js'
import { moment, page } from './query-schemas.js'

const word = (description: string, example: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 600, examples: [example], description }))

export const AuditQuery = Type.Object(
  {
    since: moment('At or after.', '2026-03-02T09:00:00Z'),
    until: moment('Before.', '2026-03-02T10:00:00Z'),
    actor: word('Id of the API key.', 'k7f3a9c2e1b4'),
    device: word('`device` of a job.', '192.0.2.1'),
    host: word('Host as in `connection_args`.', '192.0.2.1'),
    action: Type.Optional(
      Type.Unsafe<AuditAction>({
        type: 'string',
        enum: [...auditActions],
        examples: ['job.ended'],
        description: 'What was done.',
      }),
    ),
    outcome: word('`outcome` of a job, `succeeded` or `failed`.', 'succeeded'),
    job: word('`id` of a job.', '019ac1f2-7d30-7c41-b5a2-6f1d20c3e9a4'),
    ...page,
  },
  { additionalProperties: false },
)
export type AuditQuery = Static<typeof AuditQuery>

export const AuditExportQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        examples: [0],
        description: 'Only entries with greater numbers: to go on where an earlier export ended.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type AuditExportQuery = Static<typeof AuditExportQuery>

const orNull = (description: string) => nullable(Type.String({ description }))

export const AuditEntry = Type.Object(
  {
    number: Type.Integer({ description: 'From 1, without gaps.' }),
    at: Type.String({ description: 'When. ISO 8601, in UTC whatever the time zone of the server.' }),
    action: Type.Unsafe<AuditAction>({ type: 'string', enum: [...auditActions], description: 'What was done.' }),
    actor: Type.Object(
      { id: Type.String(), name: Type.String() },
      { description: 'Public id and name of the API key; both empty for the server itself.' },
    ),
    source: orNull('Address that the request came from.'),
    device: orNull('Device, as in a job.'),
    host: orNull('Host, as in `connection_args`.'),
    job: orNull('Id of the job.'),
    outcome: orNull('Of a job its `outcome`; else `succeeded` or `failed`; `null` for what has no end yet.'),
    details: Type.Unsafe<JsonObject>({
      type: 'object',
      additionalProperties: true,
      description:
        'Masked. `job.accepted`: `mode`, `kind`, `driver`, `request`. `job.ended`: `status`, `error`, `started_at`, `duration`, `attempts`, `node`, `worker`, and in the mode `full` `results` (cut where they are long). `audit.cut`: `from`, `to` and the `hash` of the last entry that went.',
    }),
    previous: Type.String({ description: 'Hash of the entry before; 64 zeros for the first.' }),
    hash: Type.String({
      description: 'SHA-256, in hexadecimal, of the canonical JSON (sorted keys, no spaces) of all other fields.',
    }),
  },
  { title: 'AuditEntry' },
)
export type AuditEntry = Static<typeof AuditEntry>

export const AuditHead = Type.Object(
  {
    number: Type.Integer({ description: 'Of the latest entry; 0 when there is none.' }),
    hash: Type.String({ description: 'Its hash; 64 zeros when there is none.' }),
  },
  { title: 'AuditHead' },
)
export type AuditHead = Static<typeof AuditHead>
