import type { JsonObject } from '@netpulse/core'
import type { TSchema } from 'typebox'
import { Type, type Static } from 'typebox'
import { CredentialRef, optionalCredential } from '../credential-reference.js'
import { bulkExamples, credentialTestExamples, discoveryExamples, executionExamples, testExamples } from './examples.js'
import { FileTransfer } from './file-transfer-schema.js'
import { optional } from './optional.js'
import { Webhook } from './webhook-schema.js'

const seconds = (minimum: number, maximum: number, description: string, fallback: number) =>
  optional<number>({ type: 'integer', minimum, maximum, description: `${description} Seconds. Default ${fallback}.` })

/** Longest text of one command or of all config lines in one string; with the body limit the bound of a request. */
const longestText = 1024 * 1024

const text = (description: string, mostItems: number) =>
  Type.Optional(
    Type.Unsafe<string | readonly string[] | JsonObject | null>({
      type: ['string', 'array', 'object', 'null'],
      additionalProperties: true,
      minLength: 1,
      maxLength: longestText,
      minItems: 1,
      maxItems: mostItems,
      items: { type: 'string', maxLength: longestText },
      description,
    }),
  )

const notYet = (what: string) => `${what} Not in this version: answered with 422 \`NOT_AVAILABLE\`.`

/** `connection_args`: what NetPulse itself takes; all else belongs to the driver and is checked by its schema. */
const connectionProperties = {
  host: optional<string>({ type: 'string', description: 'Name or address of the device. Required.' }),
  port: optional<number>({ type: 'integer', minimum: 1, maximum: 65535, description: "Default: the driver's." }),
  device: optional<string>({
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description: 'Your name for the managed box: makes one order of several addresses of one box.',
  }),
  site: optional<string>({
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description: 'Keeps boxes with equal private addresses apart.',
  }),
}

const ConnectionArgs = Type.Object(connectionProperties, {
  additionalProperties: true,
  description:
    "Where and how to log in: `host`, `port`, `device`, `site`, and the driver's own fields, for `cli`: `device_type`, `username`, `password`, `secret`, ... Unknown fields are refused.",
})

const JsonRecord = { type: 'object', additionalProperties: true }

/** How long things may take when a request does not say. */
export interface RequestDefaults {
  readonly ttlSeconds: number
  readonly bulkTtlSeconds: number
  readonly executionTimeoutSeconds: number
  readonly resultTtlSeconds: number
}

/** Work that goes on when its job has ended. */
const taskProperties = {
  detach: optional<boolean>({
    type: 'boolean',
    description:
      '`true`: leave `command` running on the device, all of its lines as one task. The job ends when it is started, with its `task_id`; see `/detached-tasks`. Needs a driver that can; `queue_strategy` is then `pinned` unless the request says otherwise. Default false.',
  }),
  push_interval: optional<number>({
    type: 'integer',
    minimum: 1,
    maximum: 3600,
    description:
      'Tell the webhook so often what the task has printed (`detached.log_push`). Needs `detach`. Seconds. Default: it is told of the end only.',
  }),
}

const sharedProperties = (defaults: RequestDefaults) => ({
  driver: Type.String({ minLength: 1, maxLength: 100, description: 'Name or alias of a driver: `cli` or `netmiko`.' }),
  driver_args: optional<JsonObject>({
    ...JsonRecord,
    description: "The driver's options for this operation, `read_timeout` for one. A misspelt key is refused.",
  }),
  command: text(
    'Commands to run, one or a list; text of several lines is several commands. Not with `config`.',
    10_000,
  ),
  config: text('Config lines to apply, as a list or as text. Not with `command`.', 100_000),
  queue_strategy: Type.Optional(
    Type.Unsafe<'fifo' | 'pinned' | null>({
      type: ['string', 'null'],
      enum: ['fifo', 'pinned', null],
      description:
        "`pinned`: the connection stays open for the device's next job; `fifo`: a connection of its own. Default: the driver's. Changes are in order per device with either.",
    }),
  ),
  execution_timeout: seconds(
    1,
    86_400,
    'Hard deadline of the job on its device; with `file_transfer` 3600 by default.',
    defaults.executionTimeoutSeconds,
  ),
  result_ttl: seconds(60, 604_800, 'How long the ended job can be read.', defaults.resultTtlSeconds),
  tags: optional<readonly string[]>({
    type: 'array',
    maxItems: 50,
    items: { type: 'string', minLength: 1, maxLength: 100 },
    description: 'Words to find the job by: `GET /jobs?tag=`.',
  }),
  transcript: optional<boolean>({
    type: 'boolean',
    description: 'Keep what went over the session, redacted, in `result.transcript`. Default false.',
  }),
  credential: optionalCredential,
  file_transfer: optional<FileTransfer>({ ...FileTransfer }),
  rendering: optional<JsonObject>({ ...JsonRecord, description: notYet('Template that makes commands or config.') }),
  parsing: optional<JsonObject>({ ...JsonRecord, description: notYet('Template that reads the output.') }),
  webhook: optional<Webhook>({ ...Webhook }),
  ...taskProperties,
  staged_file_id: optional<string>({
    type: 'string',
    minLength: 1,
    maxLength: 100,
    description: 'A file that the same API key has uploaded with `POST /storage/files`, to be sent by `file_transfer`.',
  }),
  audit_mode: Type.Optional(
    Type.Unsafe<'full' | 'metadata' | 'none' | null>({
      type: ['string', 'null'],
      enum: ['full', 'metadata', 'none', null],
      description:
        'What the audit record keeps of the job: request and results, both masked (`full`), the request alone (`metadata`), or nothing (`none`), which an operator may refuse with 403 `AUDIT_REQUIRED`. Default `full`.',
    }),
  ),
})

/** Request-level switches of the configured drivers by name: `save`, `enable_mode`, ... */
export type Switches = Readonly<Record<string, TSchema>>

/** Body of `POST /device/exec`. */
export function executionRequest(defaults: RequestDefaults, switches: Switches) {
  return Type.Object(
    {
      ...sharedProperties(defaults),
      ...(switches as Record<never, TSchema>),
      connection_args: ConnectionArgs,
      ttl: seconds(1, 86_400, 'Time in the queue before the job becomes `expired`.', defaults.ttlSeconds),
    },
    { title: 'ExecutionRequest', additionalProperties: false, examples: executionExamples },
  )
}
export type ExecutionRequest = Static<ReturnType<typeof executionRequest>>

/** One entry of `devices`. Checked entry by entry, so that a bad one does not stop the others. */
export const BulkDeviceRequest = Type.Object(
  {
    ...connectionProperties,
    command: text('Instead of the work of the request.', 10_000),
    config: text('Instead of the work of the request.', 100_000),
    credential: optionalCredential,
    file_transfer: optional<FileTransfer>({ ...FileTransfer }),
  },
  {
    title: 'BulkDeviceRequest',
    additionalProperties: true,
    description: "One device: fields of `connection_args` that win over the request's, and its own work if it has any.",
  },
)
export type BulkDeviceRequest = Static<typeof BulkDeviceRequest>

/** Body of `POST /device/bulk`, with the schema of a device and how many there may be. */
export function bulkExecutionRequest(
  defaults: RequestDefaults,
  switches: Switches,
  { items, maxItems }: { readonly items: TSchema; readonly maxItems: number },
) {
  return Type.Object(
    {
      ...sharedProperties(defaults),
      ...(switches as Record<never, TSchema>),
      connection_args: Type.Optional(
        Type.Unsafe<JsonObject | null>({
          ...ConnectionArgs,
          type: ['object', 'null'],
          description: 'Fields that all devices share. A device may have its own of each.',
        }),
      ),
      devices: Type.Unsafe<readonly JsonObject[]>({ type: 'array', maxItems, items }),
      ttl: seconds(1, 86_400, 'Time in the queue before a job becomes `expired`.', defaults.bulkTtlSeconds),
    },
    { title: 'BulkExecutionRequest', additionalProperties: false, examples: bulkExamples },
  )
}
export type BulkExecutionRequest = Static<ReturnType<typeof bulkExecutionRequest>>

const deviceLogin = {
  driver: Type.String({ minLength: 1, maxLength: 100, description: 'Name or alias of a driver.' }),
  connection_args: ConnectionArgs,
  credential: optionalCredential,
}

/** Body of `POST /device/test`. */
export const ConnectionTestRequest = Type.Object(deviceLogin, {
  title: 'ConnectionTestRequest',
  additionalProperties: false,
  examples: testExamples,
})

/** Body of requests that log in to a device and make no job of the caller's. */
export type DeviceLoginRequest = Static<typeof ConnectionTestRequest>

/** Body of `POST /detached-tasks/discover`. */
export const DetachedTaskDiscoveryRequest = Type.Object(deviceLogin, {
  title: 'DetachedTaskDiscoveryRequest',
  additionalProperties: false,
  examples: discoveryExamples,
})

/** Body of `POST /credentials/test`. */
export const CredentialTestRequest = Type.Object(
  { credential: CredentialRef },
  { title: 'CredentialTestRequest', additionalProperties: false, examples: credentialTestExamples },
)
export type CredentialTestRequest = Static<typeof CredentialTestRequest>
