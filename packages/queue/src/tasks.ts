import type {
  CredentialReference,
  Device,
  ErrorData,
  JobId,
  JobWebhook,
  JsonObject,
  QueueStrategy,
  TaskId,
} from '@netpulse/core'
import type { Page, PageRequest } from './backend.js'

/**
 * Where a task stands.
 *
 * | from | to | when |
 * |---|---|---|
 * | launching | running | its device has started it, or has it after all |
 * | launching | completed | it never started, or nobody knows |
 * | running | completed | its process has ended, or it cannot be followed any more |
 */
export type TaskStatus = 'launching' | 'running' | 'completed'

/** A job that does something about the task now. */
export interface TaskErrand {
  readonly jobId: JobId
  readonly action: 'launch' | 'read' | 'kill'
}

/** Work that goes on at a device without a session. Holds no secret in clear. */
export interface TaskRecord {
  readonly id: TaskId
  readonly status: TaskStatus
  /** The job that launched it; one that was found on its device has none that is known. */
  readonly jobId?: JobId
  /** Command lines, as the request has them. */
  readonly commands: readonly string[]
  /** The driver's own name. */
  readonly driver: string
  readonly device: Device
  readonly strategy: QueueStrategy
  /** Connection options, and `driver_args` where a secret is among them, sealed for this task. */
  readonly sealedConnection: string
  /** Resolved by the worker each time. */
  readonly credential?: CredentialReference
  readonly driverOptions: JsonObject
  readonly switches: JsonObject
  /** `connection_args` as they may be shown: what is secret has a mark in its place. */
  readonly shownConnection: JsonObject
  /** Told of the log and the end; its target is sealed for this task. */
  readonly webhook?: JobWebhook
  /** Between two looks that tell the webhook what is new. Seconds. @defaultValue looks become rarer, nothing is pushed */
  readonly pushIntervalSeconds?: number
  /** Byte of the log up to which it was told. */
  readonly offset: number
  /** Bytes that the log had when somebody looked. */
  readonly logSize: number
  readonly pid?: number
  readonly exitStatus?: number
  /** Why it was never launched, or cannot be followed. */
  readonly error?: ErrorData
  readonly createdAt: Date
  /** When its device was last asked, with an answer. */
  readonly syncedAt?: Date
  readonly endedAt?: Date
  /** Looks in a row that failed. */
  readonly failures: number
  /** Looks so far: what makes the ids of their jobs, so that a repeated submit is the same look. */
  readonly looks: number
  readonly errand?: TaskErrand
  readonly tags: readonly string[]
  /** Who asked for it: an API key's id; empty when embedded. */
  readonly owner: string
}

/** A record as it was read. */
export interface StoredTask {
  readonly task: TaskRecord
  /** Grows with every change and every claim: makes a change of what was read before stale. */
  readonly revision: number
}

export interface TaskFilter {
  readonly status?: TaskStatus
  readonly deviceId?: Device['id']
}

/**
 * The tasks that are known. Whoever looks after one claims it: for a while nobody else gets it, and who dies with a claim
 * leaves it to others when that while is over. Every change is one atomic step, durable when its promise resolves.
 */
export interface TaskRegistry {
  /** `false`: the id is known already, and nothing changed. The task is due in `dueInMs`. */
  add(task: TaskRecord, dueInMs: number): Promise<boolean>
  find(id: TaskId): Promise<StoredTask | undefined>
  /** Newest first. */
  list(filter: TaskFilter, page: PageRequest): Promise<Page<StoredTask>>
  /** Takes what is due, the longest due first; it is due again in `forMs`, unless it is saved before. */
  claim(most: number, forMs: number): Promise<readonly StoredTask[]>
  /**
   * Writes a task that was read, and when it is due next (as before, where nothing is said); answers with the revision that it has now. `undefined`: somebody
   * else has changed, claimed or removed it since; nothing was written.
   */
  save(stored: StoredTask, dueInMs?: number): Promise<StoredTask | undefined>
  /** `false`: there was none. */
  remove(id: TaskId): Promise<boolean>
  /**
   * Tells that a task may be due: at once, when one is put in, and when its time comes. May be called more often than
   * needed, never less. Returns the end of the listening.
   */
  onDue(listener: () => void): () => void
}
