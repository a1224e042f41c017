import type {
  AuditMode,
  Clock,
  CredentialReference,
  DeviceId,
  ErrorData,
  JobEvent,
  JobId,
  JobRecord,
  JobStatus,
  JsonObject,
  Logger,
  QueueStrategy,
} from '@netpulse/core'
import type { CredentialInspection } from '@netpulse/credentials'
import type { DriverManifest, HostKeyStore } from '@netpulse/driver-sdk'
import type { LoginLimits } from './logins/login-limits.js'
import type { LoginPause } from './logins/login-pauses.js'
import type { Observe } from './observer.js'
import type { FileTransferRequest } from './submit/file-transfer-request.js'
import type { Storage } from '@netpulse/storage'
import type { RedisOptions, SharedRecords } from '@netpulse/queue-redis'
import type {
  AuditLog,
  CancelOutcome,
  DeviceHold,
  EventQuery,
  JobFilter,
  NodeInfo,
  Page,
  PageRequest,
  WebhookDelivery,
  WorkerReport,
} from '@netpulse/queue'
import type { AuditOptions } from './audit/audit-options.js'
import type { CredentialOptions } from './credentials/credential-options.js'
import type { Tasks } from './tasks/tasks.js'
import type { WebhookRequest } from './webhooks/webhook-request.js'

/** How to start NetPulse inside a Node process. */
export interface NetPulseOptions {
  /**
   * Where jobs are kept: a folder that is made when missing, or `memory:` to lose them on exit.
   * @defaultValue `.netpulse` in the working directory
   */
  readonly store?: string
  /**
   * Keeps the jobs in Redis, which any number of processes share, instead of in `store`. The folder then holds what is
   * this process's own: its node id and, unless `keyringFile` says otherwise, the keyring.
   * @defaultValue none: jobs are in `store`, used by this process alone
   */
  readonly redis?: RedisOptions
  /**
   * What this process does beside taking jobs in: `all`; `node`, pinned devices only; `fifo`, jobs with a connection of
   * their own only; `none`, a controller.
   * @defaultValue 'all'
   */
  readonly work?: 'all' | 'node' | 'fifo' | 'none'
  /**
   * A node without a sign of life for this long is lost: its devices and jobs go to others, within a third more. It closes
   * its own sessions after two thirds. Seconds, 1 to 300.
   * @defaultValue 9
   */
  readonly leaseSeconds?: number
  /** Keys that seal secrets; with `redis` the same file for all processes. @defaultValue `keyring.json` in `store` */
  readonly keyringFile?: string
  /** Where secrets are that requests only name. The same in all processes of a deployment. @defaultValue nowhere */
  readonly credentials?: CredentialOptions
  /** Tells several nodes of one `store` apart: part of the node's id. @defaultValue none */
  readonly nodeIndex?: number
  /**
   * The node's own worker was ended by `endWorker`, here or elsewhere: close, and end the process.
   * @defaultValue the node drains and begins anew, in this process
   */
  readonly onEndRequested?: () => void
  /** Is told what this process does, for its metrics. @defaultValue nobody */
  readonly observe?: Observe
  /** Folder whose `node_modules` hold the plugins. @defaultValue the working directory */
  readonly appDir?: string
  /**
   * Plugins by npm package, with their options, beside the built-in ones:
   * `{ '@acme/netpulse-driver-x': { ... }, '@netpulse/driver-cli': { platforms: ['./acme_os.yaml'] } }`.
   */
  readonly plugins?: Readonly<Record<string, JsonObject>>
  /**
   * Chooses the node of a device that no node holds: `greedy`, `least_load`, `least_load_random`,
   * `load_weighted_random`, or the name of a plugin.
   * @defaultValue 'load_weighted_random'
   */
  readonly scheduler?: string
  /** Jobs that run at once over connections of their own (strategy `fifo`). 1 to 1000. @defaultValue 50 */
  readonly concurrency?: number
  /** Devices that may be pinned at once. @defaultValue 5000 */
  readonly capacity?: number
  /** Sessions that one pinned device may have at once: more than one keeps those of several users open. @defaultValue 1 */
  readonly sessionsPerDevice?: number
  /** A pinned session that nobody used for this long is closed, unless the request's `keepalive` says more. Seconds. @defaultValue 600 */
  readonly idleTimeoutSeconds?: number
  /** A session that idled this long is probed by a prompt round trip before its next job. Seconds. @defaultValue 30 */
  readonly probeAfterSeconds?: number
  /** Jobs that may wait per device, and in all; more are refused with QUEUE_FULL. @defaultValue 10000 and 1000000 */
  readonly maxQueuedPerDevice?: number
  readonly maxQueued?: number
  /** Whether a modification of unknown outcome holds back the device's later ones. @defaultValue 'hold' */
  readonly afterUnknownOutcome?: 'hold' | 'allow'
  /**
   * Commands that nobody may send (`deny`), beside those that each platform denies by itself (`reload`, `write erase`), and
   * commands that may be sent although a platform denies them (`allow`). Rules: `rel[oad]` for `rel` to `reload`, `*` for
   * one word, `...` for any number of words.
   * @defaultValue no rules
   */
  readonly policy?: { readonly deny?: readonly string[]; readonly allow?: readonly string[] }
  /** How often devices are dialled and credentials used. @defaultValue those of `LoginLimits` */
  readonly logins?: Partial<LoginLimits>
  /** Longest output of one command, and of one job; what is longer is cut, with OUTPUT_TOO_LARGE. Bytes. @defaultValue 16 MiB and 64 MiB */
  readonly maxOutputPerCommand?: number
  readonly maxOutputPerJob?: number
  /** Time that running jobs get at `close`. Seconds. @defaultValue 30 */
  readonly drainTimeoutSeconds?: number
  /** Files on their way to devices and from them. */
  readonly storage?: StorageSettings
  /**
   * Where clients reach the HTTP API, with its prefix: `https://netpulse.example`. Webhooks then hold links to the files
   * that jobs brought. @defaultValue none
   */
  readonly externalUrl?: string
  /** How webhooks are signed and delivered. @defaultValue unsigned, to no internal address */
  readonly webhooks?: WebhookOptions
  /** Who did what to which device, kept as a chain of hashes. @defaultValue on where jobs outlast the process; 30 days */
  readonly audit?: AuditOptions
  /** @defaultValue a file in the store's folder; in memory for `memory:` */
  readonly hostKeys?: HostKeyStore
  /** @defaultValue drops everything */
  readonly logger?: Logger
  /** @defaultValue the system's clock */
  readonly clock?: Clock
}

/** The staging folder: files that clients have uploaded, and those that jobs have brought. */
export interface StorageSettings {
  /**
   * Its path. With `redis` the same folder for all processes, on a file system that they share.
   * @defaultValue `staging` in `store`, in the system's temporary folder for `memory:`; with `redis` none: files are refused
   */
  readonly staging?: string
  /** How long a file stays that no job waits for. Hours. @defaultValue 24 */
  readonly retentionHours?: number
  /** Longest upload. Bytes. @defaultValue 1 GiB */
  readonly maxUpload?: number
  /** How long a link to a file holds. Seconds. @defaultValue 3600 */
  readonly linkTtlSeconds?: number
}

/** How webhooks are signed and delivered. */
export interface WebhookOptions {
  /**
   * Signs every message as Standard Webhooks has it: `whsec_` and 24 to 64 bytes in base64. Without it messages carry an
   * id and a time, and no signature.
   */
  readonly secret?: string
  /** The secret before: signs too, until every receiver has the new one. */
  readonly previousSecret?: string
  /** Addresses and CIDR blocks that webhooks may reach although they are private or otherwise special. @defaultValue none */
  readonly allow?: readonly string[]
  /** Attempts that run at once in this process. 1 to 1000. @defaultValue 50 */
  readonly concurrency?: number
  /** Attempts that run at once at one receiver: a slow one holds up its own only. 1 to 100. @defaultValue 5 */
  readonly perReceiver?: number
}

/** One piece of work for one device. Keys inside `connectionArgs` and `driverArgs` are the driver's own words. */
export interface SubmitRequest {
  /** Driver name or alias. */
  readonly driver: string
  /** `host`, and as needed `port`, `device`, `site`; all else is checked by the driver's schema. */
  readonly connectionArgs: JsonObject
  /**
   * Names the secret that the login comes from; its values go into `connectionArgs`, over what stands there.
   * @defaultValue none: `connectionArgs` holds everything
   */
  readonly credential?: CredentialReference
  /** Commands to run; text of several lines is several commands. Exactly one of `command`, `config` and `fileTransfer`. */
  readonly command?: string | readonly string[]
  /** Config lines. */
  readonly config?: string | readonly string[]
  /** A file to send or to fetch. */
  readonly fileTransfer?: FileTransferRequest
  readonly driverArgs?: JsonObject
  /** Request-level switches of the driver: `save`, `enable_mode`, `dry_run`. */
  readonly switches?: JsonObject
  /** @defaultValue the driver's */
  readonly queueStrategy?: QueueStrategy
  /** Seconds in the queue before the job expires, 1 to 86400. @defaultValue 300 */
  readonly ttlSeconds?: number
  /** Hard deadline of one attempt. Seconds, 1 to 86400. @defaultValue 300; with `fileTransfer` 3600 */
  readonly executionTimeoutSeconds?: number
  /** How long the ended job can be read. Seconds, 60 to 604800. @defaultValue 300 */
  readonly resultTtlSeconds?: number
  readonly tags?: readonly string[]
  /** Keep a redacted transcript of the session's bytes. @defaultValue false */
  readonly transcript?: boolean
  /** Who is to be told of the end. @defaultValue nobody */
  readonly webhook?: WebhookRequest
  /**
   * What the audit record keeps of the job: request and results, both masked (`full`), the request alone (`metadata`), or
   * nothing (`none`). Without effect where there is no record.
   * @defaultValue 'full'
   */
  readonly auditMode?: AuditMode
  /**
   * Leave the commands running at the device: the job ends when they are started, and its task goes on. Needs a driver that
   * can. @defaultValue false
   */
  readonly detach?: boolean
  /**
   * Tell the webhook this often what the task has printed. Seconds, 1 to 3600; needs `detach`.
   * @defaultValue it is told of the end only
   */
  readonly pushIntervalSeconds?: number
  /** Who asks: an API key's id. @defaultValue '' */
  readonly owner?: string
  /** What the command policy makes of this request beside its rules. */
  readonly policy?: RequestPolicy
}

/** What the command policy makes of one request. */
export interface RequestPolicy {
  /**
   * Only commands that the platform knows to only read, and config lines that stay in a candidate.
   * @defaultValue false
   */
  readonly readOnly?: boolean
  /** Rules of commands that this request may send although they are denied. @defaultValue none */
  readonly allow?: readonly string[]
}

/** How to submit. */
export interface SubmitOptions {
  /**
   * A word of the sender for this request, 1 to 255 characters: the same request under the same key makes no second job,
   * it answers with the first one, as long as that is kept. Each `owner` has its own keys.
   */
  readonly idempotencyKey?: string
  /** Who submits, for the audit record, beside `owner`: the API key's name, and the address it came from. */
  readonly actor?: { readonly name: string; readonly source?: string }
}

/** What became of one request of a bulk; the others are not affected. */
export type BulkOutcome = { readonly job: JobRecord } | { readonly host: string; readonly error: ErrorData }

/** What a connection test found. A device that cannot be reached is an answer, not an exception. */
export interface ConnectionTest {
  readonly success: boolean
  /** Seconds from the start to the first prompt. */
  readonly latencySeconds: number
  readonly error?: ErrorData
  /** What the session says about its device: `device_type`, `prompt`, ... */
  readonly info?: JsonObject
}

export interface ConnectionTestRequest {
  readonly driver: string
  readonly connectionArgs: JsonObject
  /** As in a job; resolved in this process. */
  readonly credential?: CredentialReference
}

export interface WorkerInfo extends WorkerReport {
  readonly node: NodeInfo
  readonly lastHeartbeatAt: Date
}

/** NetPulse in one process: jobs, workers and sessions. */
export interface NetPulse extends AsyncDisposable {
  /**
   * Checks the request, stores the job durably and answers with its record.
   * @throws INVALID_INPUT, DRIVER_UNKNOWN, COMMAND_DENIED, AUDIT_REQUIRED, IDEMPOTENCY_CONFLICT, NO_WORKER, QUEUE_FULL,
   *   STORE_UNAVAILABLE; with `fileTransfer` also NOT_SUPPORTED, STAGED_FILE_UNKNOWN, PATH_DENIED, STORAGE_NOT_SHARED,
   *   STORAGE_UNAVAILABLE
   */
  submit(request: SubmitRequest, options?: SubmitOptions): Promise<JobRecord>
  /**
   * One outcome per request, in order; all are stored in few steps. A repetition under the same key stores what was not
   * stored the first time. @throws IDEMPOTENCY_CONFLICT, STORE_UNAVAILABLE
   */
  submitMany(requests: readonly SubmitRequest[], options?: SubmitOptions): Promise<readonly BulkOutcome[]>
  /** @throws JOB_NOT_FOUND */
  get(id: JobId): Promise<JobRecord>
  find(id: JobId): Promise<JobRecord | undefined>
  list(filter: JobFilter, page: PageRequest): Promise<Page<JobRecord>>
  /** The job when it has ended, or as it stands when `timeoutMs` is over. @throws JOB_NOT_FOUND */
  wait(id: JobId, options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<JobRecord>
  cancel(id: JobId): Promise<CancelOutcome>
  events(query: EventQuery): AsyncIterable<JobEvent>
  counts(): Promise<Readonly<Record<JobStatus, number>>>
  testConnection(request: ConnectionTestRequest, signal?: AbortSignal): Promise<ConnectionTest>
  /**
   * Looks a reference up in this process, past what is remembered, and tells which fields there are; never a value.
   * @throws CREDENTIAL_PROVIDER_UNKNOWN, CREDENTIAL_REFERENCE_INVALID, CREDENTIAL_NOT_ALLOWED, CREDENTIAL_FIELD_MISSING, and
   *   what the provider says
   */
  testCredential(reference: CredentialReference, signal?: AbortSignal): Promise<CredentialInspection>
  /** The workers of every node; their names are unique. */
  workers(): Promise<readonly WorkerInfo[]>
  /**
   * Ends a worker of any node: a pinned one closes its sessions after the job that runs and gives its device up when
   * nothing waits; the FIFO worker of a node takes no further job; a node's own drains and ends its process, or begins anew
   * where `onEndRequested` is not set. `false`:
   * there is no worker of this name.
   */
  endWorker(name: string): Promise<boolean>
  /** Devices whose modifications wait for a verification. */
  holds(): Promise<readonly DeviceHold[]>
  /** Says that a held device is as expected. `false`: it was not held. */
  releaseHold(device: DeviceId): Promise<boolean>
  /** Devices that are left alone and credentials that are not used for a while, because too many logins failed. */
  loginPauses(): Promise<readonly LoginPause[]>
  /** The cause is gone: whoever comes next may log in. `undefined`: there is no such pause. */
  endLoginPause(id: string): Promise<LoginPause | undefined>
  /** Manifests of all configured drivers. */
  drivers(): Promise<readonly DriverManifest[]>
  /** What became of a job's webhook: each event with its attempts. @throws JOB_NOT_FOUND */
  deliveries(id: JobId): Promise<readonly WebhookDelivery[]>
  /** Deliveries that were given up, the latest first. */
  deadDeliveries(page: PageRequest): Promise<Page<WebhookDelivery>>
  /** Attempts a dead delivery anew, under the same id. `undefined`: no dead delivery has this id. */
  replayDelivery(id: string): Promise<WebhookDelivery | undefined>
  /** Work that runs on without a session: what `detach` has left at devices. */
  readonly tasks: Tasks
  readonly hostKeys: HostKeyStore
  /** Who did what; `undefined` where it is off. */
  readonly audit: AuditLog | undefined
  /** Files of clients and jobs; `undefined` with `redis` and without `storage.staging`. */
  readonly storage: Storage | undefined
  /** Whether this process's node may talk to devices now, by its own clock; always `false` with `work: 'none'`. */
  readonly isTrusted: boolean
  /** Small records that all processes of a deployment share, by collection; `undefined` without `redis`. */
  records(collection: string): SharedRecords | undefined
  /** Drains: takes no new job, gives running ones their time, closes every session. Idempotent. */
  close(): Promise<void>
}
