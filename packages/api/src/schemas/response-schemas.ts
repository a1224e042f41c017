import type { JobKind, JobOutcome, QueueStrategy } from '@netpulse/core'
import { jobStatuses } from '@netpulse/core'
import { Type, type Static } from 'typebox'
import { nullable } from './nullable.js'

/** One of a closed list of words. */
const oneOf = <Word extends string>(words: readonly Word[], description: string) =>
  Type.Unsafe<Word>({ type: 'string', enum: [...words], description })

const outcomes: readonly JobOutcome[] = [
  ...(['succeeded', 'refused', 'failed', 'rolled_back'] as const),
  ...(['partial', 'unknown', 'expired', 'canceled'] as const),
]
const kinds: readonly JobKind[] = ['query', 'modification', 'opaque']
const strategies: readonly QueueStrategy[] = ['fifo', 'pinned']

const instant = (description: string) => nullable(Type.String({ description: `${description} ISO 8601.` }))

const Failure = Type.Object({
  kind: Type.String({
    description:
      '`unknown_command` `incomplete` `ambiguous` `invalid_input` `denied` `commit_failed` `other`; `skipped` when an earlier line was refused and this one was never sent.',
  }),
  message: Type.String({ description: "The device's words, one line." }),
})

export const DriverExecutionResult = Type.Object(
  {
    command: Type.String(),
    stdout: Type.Unknown({ description: 'Device text without echo and prompt; JSON where the driver answers so.' }),
    stderr: Type.String(),
    exit_status: Type.Integer({ description: '0: the device accepted the input; 1: it refused.' }),
    failure: nullable(Failure),
    download_url: nullable(Type.String()),
    metadata: Type.Object(
      {
        host: Type.String(),
        duration_seconds: Type.Number({ description: 'Seconds, 3 decimals.' }),
        session_reused: Type.Boolean(),
        truncated: Type.Optional(
          Type.Boolean({ description: '`true`: the device printed more than the server takes, and `stdout` is cut.' }),
        ),
      },
      { additionalProperties: true },
    ),
    parsed: Type.Unknown({ description: 'What a parser made of `stdout`; `null` without one.' }),
  },
  { title: 'DriverExecutionResult', description: "A device's answer to one command or config line." },
)

export const JobResult = Type.Object(
  {
    type: Type.Integer({ description: '1 successful, 2 failed, 3 stopped, 4 retried.' }),
    retval: nullable(Type.Array(DriverExecutionResult)),
    error: nullable(
      Type.Object({
        type: Type.String({ description: 'Kind of the error: `timeout`, `denied`, `unavailable`, ...' }),
        message: Type.String(),
        code: Type.String({ description: 'Stable code: `AUTH_FAILED`, `CONNECT_TIMEOUT`, ...' }),
      }),
    ),
    diff: Type.Optional(Type.String({ description: 'Candidate against running configuration.' })),
    transcript: Type.Optional(Type.String({ description: 'Redacted; when the request asked for it.' })),
  },
  { title: 'JobResult' },
)
export type JobResult = Static<typeof JobResult>

export const JobInResponse = Type.Object(
  {
    id: Type.String(),
    status: oneOf(
      jobStatuses,
      'Where the job stands. It has ended with `finished`, `failed`, `canceled`, `stopped` and `expired`.',
    ),
    outcome: nullable(
      oneOf(
        outcomes,
        'The truth about an ended job: `succeeded`; `refused`: a query command was refused; `failed`: nothing was changed; `rolled_back`; `partial`: some lines are in force; `unknown`: contact was lost after the first config byte, verify the device; `expired`; `canceled`.',
      ),
    ),
    created_at: instant('When it was accepted.'),
    enqueued_at: instant('When it began to wait.'),
    started_at: instant('When a worker took it, the last time.'),
    ended_at: instant('When it ended.'),
    queue: Type.String({ description: '`FifoQ`, `HostQ_<host>`.' }),
    worker: nullable(Type.String()),
    node: nullable(Type.String()),
    result: nullable(JobResult),
    task_id: nullable(Type.String({ description: 'The task that a job with `detach` has launched, or is to launch.' })),
    device_name: nullable(Type.String({ description: 'The host, as in the request.' })),
    device: Type.String({ description: 'Id of the device: what jobs are ordered by.' }),
    driver: Type.String(),
    kind: oneOf(kinds, '`query` only reads; `modification` changes the device; `opaque` may hide a change.'),
    queue_strategy: oneOf(strategies, 'Life of the connection: `fifo` for this job, `pinned` for the next ones too.'),
    command: nullable(Type.Array(Type.String(), { description: 'Commands or config lines.' })),
    duration: nullable(Type.Number({ description: 'Seconds from start to end.' })),
    queue_time: nullable(Type.Number({ description: 'Seconds from acceptance to start.' })),
    queue_position: Type.Optional(
      nullable(
        Type.Integer({
          description:
            'Waiting jobs that are to be taken before this one: of its device, or of all devices for the `FifoQ`; one that runs does not count. `null`: it does not wait. Absent in lists of waiting jobs.',
        }),
      ),
    ),
    attempt: Type.Integer({ description: 'Starts so far.' }),
    tags: Type.Array(Type.String()),
    cancel_requested: Type.Boolean(),
    progress: Type.Optional(
      Type.Array(DriverExecutionResult, { description: 'While it runs: the lines that the device has answered.' }),
    ),
  },
  { title: 'JobInResponse' },
)
export type JobInResponse = Static<typeof JobInResponse>

const FailedDevice = Type.Object({
  index: Type.Integer({ description: 'Place in `devices`, from 0.' }),
  host: Type.String(),
  reason: Type.String(),
  code: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
})

export const BatchSubmitJobResponse = Type.Object(
  { succeeded: Type.Array(JobInResponse), failed: Type.Array(FailedDevice) },
  { title: 'BatchSubmitJobResponse', description: 'Each device of the request is in exactly one of the two lists.' },
)
export type BatchSubmitJobResponse = Static<typeof BatchSubmitJobResponse>

export const ConnectionTestResponse = Type.Object(
  {
    success: Type.Boolean(),
    latency: nullable(Type.Number({ description: 'Seconds to the first prompt, or to the failure.' })),
    error: nullable(Type.String()),
    code: nullable(Type.String({ description: 'Code of the error.' })),
    result: nullable(
      Type.Object(
        { driver: Type.String(), host: Type.String() },
        { additionalProperties: true, description: 'What the session says about its device.' },
      ),
    ),
    timestamp: instant('When the test ended.'),
  },
  { title: 'ConnectionTestResponse' },
)
export type ConnectionTestResponse = Static<typeof ConnectionTestResponse>

export const CredentialTestResponse = Type.Object(
  {
    success: Type.Boolean(),
    provider: nullable(Type.String({ description: 'Configured name of the provider.' })),
    fields: Type.Array(Type.String(), { description: 'Names of all fields of the secret.' }),
    options: Type.Array(Type.String(), { description: 'Options of `connection_args` that the reference sets.' }),
    error: nullable(Type.String()),
    code: nullable(Type.String({ description: 'Code of the error.' })),
  },
  { title: 'CredentialTestResponse' },
)
export type CredentialTestResponse = Static<typeof CredentialTestResponse>

export const WorkerInResponse = Type.Object(
  {
    name: Type.String(),
    status: oneOf(['busy', 'idle'], 'Whether it works on a job.'),
    type: oneOf(
      ['node', 'fifo', 'pinned'],
      '`node` makes and ends the others; `fifo` takes unordered jobs; `pinned` serves one device.',
    ),
    pid: nullable(Type.Integer()),
    hostname: nullable(Type.String()),
    node: Type.String(),
    device: nullable(Type.String({ description: 'The device that a pinned worker serves.' })),
    queues: Type.Array(Type.String()),
    last_heartbeat: instant('Last sign of life of its node.'),
    birth_at: instant('When it began.'),
    successful_job_count: Type.Integer(),
    failed_job_count: Type.Integer(),
  },
  { title: 'WorkerInResponse' },
)
export type WorkerInResponse = Static<typeof WorkerInResponse>

export const EndedWorker = Type.Object({ name: Type.String() }, { title: 'EndedWorker' })

export const CanceledJob = Type.Object(
  {
    id: Type.String(),
    status: oneOf(['canceled', 'started'], '`started` while the worker is still ending the job.'),
    cancel_requested: Type.Boolean(),
  },
  { title: 'CanceledJob' },
)

export const HeldDevice = Type.Object(
  { device: Type.String(), reason: Type.String(), since: instant('Since when its modifications wait.') },
  { title: 'HeldDevice' },
)

export const ReleasedDevice = Type.Object(
  { device: Type.String(), status: oneOf(['released'], 'Its changes run on.') },
  { title: 'ReleasedDevice' },
)

export const LoginPause = Type.Object(
  {
    id: Type.String({ description: 'Opaque; ends the pause by `DELETE /logins/pauses/{id}`.' }),
    scope: oneOf(
      ['device', 'credential', 'login'],
      '`device`: nobody logs in there; `credential`: it is used nowhere; `login`: it is not used at that device.',
    ),
    device: Type.Union([Type.String(), Type.Null()], { description: '`null` for a credential.' }),
    refused_by: Type.Array(Type.String(), { description: 'Devices that refused the credential last.' }),
    until: instant('When the next login may be tried.'),
  },
  { title: 'LoginPause' },
)
export type LoginPause = Static<typeof LoginPause>

const counted = (description: string) => Type.Integer({ description })

export const SystemStatsResponse = Type.Object(
  {
    status: Type.String({ description: '`online`.' }),
    workers: Type.Object({
      total: Type.Integer(),
      pinned: counted('Each serves one device.'),
      fifo: Type.Integer(),
      node: Type.Integer(),
      idle: Type.Integer(),
      busy: Type.Integer(),
    }),
    jobs: Type.Object(
      {
        succeeded: counted('`finished`.'),
        failed: counted('`failed`, `stopped` and `expired`.'),
        in_progress: counted('`started`.'),
        queued: Type.Integer(),
        total: counted('All, `canceled` ones too.'),
      },
      { description: 'Jobs that are kept: an ended one counts until its `result_ttl` is over.' },
    ),
    nodes: Type.Object({ active: Type.Integer(), total_capacity: counted('Devices that all nodes may hold.') }),
    self_healing: Type.Object({
      total_triggers: counted('Always 0: no worker ends itself here, a dead session is replaced. See `/metrics`.'),
    }),
    devices: Type.Object({ held: counted('Devices whose changes wait for somebody to look.') }),
    uptime_seconds: Type.Number({ description: 'Of the server that answers.' }),
  },
  { title: 'SystemStatsResponse' },
)
export type SystemStatsResponse = Static<typeof SystemStatsResponse>

const DeliveryAttempt = Type.Object({
  at: instant('When it began.'),
  duration: Type.Number({ description: 'Seconds, 3 decimals.' }),
  delivered: Type.Boolean(),
  status: nullable(Type.Integer({ description: 'HTTP status of the answer, when there was one.' })),
  error: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
})

export const WebhookDelivery = Type.Object(
  {
    id: Type.String({ description: 'What the receiver gets as `webhook-id`, the same in every attempt.' }),
    job_id: Type.String(),
    event_type: Type.String({
      description:
        '`job.completed` `job.failed` `job.canceled` `job.expired` `job.started`; of a task `detached.log_push` `detached.completed` `detached.failed`',
    }),
    status: Type.String({ description: '`pending`, `delivered`, or `dead`: given up, and kept to be replayed.' }),
    target: Type.String({ description: 'Scheme, host and port of the receiver.' }),
    timestamp: instant('When the event happened.'),
    next_attempt_at: instant('When a pending one is attempted next.'),
    attempts: Type.Integer({ description: 'Since the event, or since the replay.' }),
    log: Type.Array(DeliveryAttempt, { description: 'The latest attempts, oldest first.' }),
  },
  { title: 'WebhookDelivery' },
)
export type WebhookDelivery = Static<typeof WebhookDelivery>

export const Health = Type.Object(
  { status: oneOf(['ok', 'unavailable'], 'Whether it can do its work.') },
  { title: 'Health' },
)
