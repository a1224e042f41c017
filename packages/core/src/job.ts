import type { JobAudit } from './audit-entry.js'
import type { CredentialReference } from './credential-reference.js'
import type { Device } from './device.js'
import type { FileTransfer, StoredFile } from './file-transfer.js'
import type { DeviceId, JobId } from './ids.js'
import type { JobKind, JobOutcome, JobStatus } from './job-state.js'
import type { JournalEntry } from './journal.js'
import type { JsonObject, JsonValue } from './json.js'
import type { ErrorData } from './netpulse-error.js'
import type { FoundTask, TaskReport, TaskStep } from './task.js'
import type { JobWebhook } from './webhook.js'

/** The life of the connection: opened for the job, or kept open per device. */
export type QueueStrategy = 'fifo' | 'pinned'

/** What is to be done on the device. */
export type Operation =
  | { readonly type: 'command'; readonly commands: readonly string[] }
  | { readonly type: 'config'; readonly lines: readonly string[] }
  | { readonly type: 'file_transfer'; readonly transfer: FileTransfer }

/** The lines that an operation makes a driver type: commands, config lines, what follows an upload. */
export function linesOf(operation: Operation): readonly string[] {
  if (operation.type === 'command') return operation.commands
  if (operation.type === 'config') return operation.lines
  const { execute } = operation.transfer
  return execute === undefined ? [] : [execute.command]
}

/** A device's answer to one command or config line. */
export interface CommandResult {
  readonly command: string
  /** Device text, UTF-8, `\n` line ends, without echo and without the trailing prompt. */
  readonly stdout: string
  readonly stderr: string
  /** 0 when the device accepted the input, 1 when it refused; the remote exit status where there is one. */
  readonly exitStatus: number
  /** Why the device refused: the failure indicator that matched; `null` when it accepted. */
  readonly failure: CommandFailure | null
  readonly metadata: CommandMetadata
  /** What a download has brought, where clients can fetch it. */
  readonly file?: StoredFile
}

export interface CommandFailure {
  /**
   * What kind of refusal: `unknown_command`, `incomplete`, `ambiguous`, `invalid_input`, `denied`, `commit_failed`,
   * `other`; of files also `not_found`, `exists`, `hash_mismatch`; `skipped` when an earlier line was refused and this one was never sent.
   */
  readonly kind: string
  /** The device's words, one line. */
  readonly message: string
}

export interface CommandMetadata extends JsonObject {
  readonly host: string
  readonly durationSeconds: number
  readonly sessionReused: boolean
}

/** What a job carries to its worker. Holds no secret in clear. */
export interface JobRequest {
  /** The driver's own name, never an alias. */
  readonly driver: string
  readonly device: Device
  readonly operation: Operation
  /** Connection options with everything secret, sealed for this job; the worker opens it. Empty once the job has ended. */
  readonly sealedConnection: string
  /** Resolved by the worker just before it opens the session, into its connection options. */
  readonly credential?: CredentialReference
  /** The driver's options for this operation (`driver_args`), checked, defaults filled in. */
  readonly driverOptions: JsonObject
  /** Request-level switches of the driver (`save`, `enable_mode`, `dry_run`), checked, defaults filled in. */
  readonly switches: JsonObject
  /** Keep a redacted transcript of the bytes that went both ways. */
  readonly transcript: boolean
  readonly executionTimeoutSeconds: number
  /** Who is to be told of the job's end. */
  readonly webhook?: JobWebhook
  /** Absent: the operation itself is what there is to do. */
  readonly task?: TaskStep
}

/** What came of a job. */
export interface JobResult {
  readonly results: readonly CommandResult[]
  readonly error?: ErrorData
  /** Unified diff of the candidate against the running configuration, where the platform has one. */
  readonly diff?: string
  /** Redacted; only when asked for. */
  readonly transcript?: string
  readonly extra?: JsonObject
  /** How a step found its task. */
  readonly task?: TaskReport
  /** What a `discover` found. */
  readonly tasks?: readonly FoundTask[]
}

/** A job to be stored. */
export interface NewJob {
  readonly id: JobId
  readonly kind: JobKind
  readonly strategy: QueueStrategy
  readonly request: JobRequest
  readonly createdAt: Date
  /** When a job that still waits becomes `expired`. */
  readonly expiresAt: Date
  /** How long the record stays after the job has ended. */
  readonly resultTtlSeconds: number
  /** Starts allowed, crashes included. */
  readonly maxAttempts: number
  readonly tags: readonly string[]
  /** Who submitted it: the API key's id; empty when embedded. */
  readonly owner: string
  /** Of the request, where the client's idempotency key names the job: tells a repetition from another request. */
  readonly fingerprint?: string
  /** What the audit record keeps of it. */
  readonly audit?: JobAudit
}

/** A job as the store knows it. The truth. */
export interface JobRecord extends NewJob {
  readonly deviceId: DeviceId
  readonly status: JobStatus
  readonly outcome?: JobOutcome
  /** Queue name as clients see it: `FifoQ`, `HostQ_<host>`. */
  readonly queue: string
  readonly startedAt?: Date
  readonly endedAt?: Date
  /** Starts so far. */
  readonly attempt: number
  readonly worker?: string
  readonly node?: string
  /** How far the present attempt came. */
  readonly journal?: JournalEntry
  /** Results of the lines that the device has answered so far, while the job runs; empty at its end. */
  readonly progress: readonly CommandResult[]
  /** A cancel was asked for while the job ran. */
  readonly cancelRequested: boolean
  readonly result?: JobResult
  /**
   * While it waits: how many waiting jobs are to be taken before it. In its device's order the earlier ones of its device,
   * in the `FifoQ` those of all devices; not one that runs. 0: it is next, or a retry that waits for its time. Told of a job
   * that was just stored, and of one that is asked for alone.
   */
  readonly queuePosition?: number
}

/** Something that happened to a job, in order. */
export interface JobEvent {
  readonly jobId: JobId
  /** Grows by one with each event of the whole backend; where a reader resumes. Of an `output` or a `progress`: that of the event before. */
  readonly sequence: number
  readonly at: Date
  /**
   * `output` is what the device says while the job runs, `progress` how far a file is: told once to those who listen
   * then, and kept nowhere.
   */
  readonly type: 'queued' | 'started' | 'retrying' | 'line' | 'output' | 'progress' | 'cancel_requested' | 'ended'
  readonly data: JsonValue
}
