import type {
  CommandResult,
  DeviceId,
  ErrorData,
  Incarnation,
  JobEvent,
  JobId,
  JobOutcome,
  JobRecord,
  JobResult,
  JobStatus,
  JournalEntry,
  JsonObject,
  NewJob,
  NodeId,
  TransferProgress,
  WebhookEvent,
} from '@netpulse/core'
import type { AuditLog } from './audit-log.js'
import type { Outbox } from './outbox.js'
import type { TaskRegistry } from './tasks.js'

/**
 * Jobs, order, leases and events. The engine knows no other way to any of them. Every method that changes something is
 * one atomic step, durable when its promise resolves (where the backend is durable at all), and refuses a stale claim.
 */
export interface QueueBackend extends AsyncDisposable {
  /** Opens the store and recovers its own state. Idempotent. */
  start(): Promise<void>
  /** Ends deliveries, flushes and closes. Idempotent; before `start` it does nothing. */
  stop(): Promise<void>
  readonly jobs: JobStore
  readonly work: WorkQueue
  readonly mailboxes: DeviceMailboxes
  readonly leases: Leases
  readonly nodes: NodeRegistry
  readonly holds: DeviceHolds
  readonly commands: NodeCommands
  readonly outbox: Outbox
  readonly audit: AuditLog
  readonly tasks: TaskRegistry
}

// ---- jobs ----

/** A job with the nodes that may take its device, best first, for when no node holds the device yet. */
export interface Submission {
  readonly job: NewJob
  /** Ignored for the `work` lane and for a device that a live node holds. */
  readonly nodes: readonly NodeId[]
}

/** What became of a submission. Only `stored` and `duplicate` have a record. */
export type SubmitOutcome =
  | { readonly state: 'stored' | 'duplicate'; readonly job: JobRecord }
  /** No live node of those named has room for the device. Nothing was stored. */
  | { readonly state: 'no_capacity' }
  /** The device or the whole backend has too many jobs waiting. Nothing was stored. */
  | { readonly state: 'queue_full'; readonly retryAfterSeconds: number }

/** The right to write about a running job: who took it and for which time. A later attempt makes it stale. */
export interface Claim {
  readonly jobId: JobId
  readonly attempt: number
  readonly incarnation: Incarnation
  /** Token of the device's lease; absent in the `work` lane. */
  readonly token?: number
}

export interface Ending {
  readonly status: Extract<JobStatus, 'finished' | 'failed' | 'canceled' | 'stopped'>
  readonly outcome: JobOutcome
  readonly result: JobResult
  /** Hold back the device's later modifications, in the same step: nobody knows what is in force. */
  readonly holdDevice?: string
  /** What the job's webhook is told, when it wants that. @defaultValue as the status says */
  readonly event?: WebhookEvent
}

export interface JobFilter {
  readonly queue?: string
  readonly status?: readonly JobStatus[]
  readonly node?: string
  readonly host?: string
  readonly driver?: string
  readonly deviceId?: DeviceId
  readonly tag?: string
  /** Created at or after / before. */
  readonly since?: Date
  readonly until?: Date
}

export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number
  /** As an earlier page gave it. @throws INVALID_CURSOR */
  readonly cursor?: string
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Absent on the last page. */
  readonly nextCursor?: string
}

export type CancelOutcome = 'canceled' | 'cancel_requested' | 'already_final' | 'not_found'

export interface JobStore {
  /**
   * Stores and enqueues, one outcome per submission, in order; for a device job also claims capacity and lease. A `stored`
   * one has its `queuePosition`.
   */
  submit(submissions: readonly Submission[]): Promise<readonly SubmitOutcome[]>
  /** With its `queuePosition` while it waits. `undefined`: never stored, or its retention is over. */
  find(id: JobId): Promise<JobRecord | undefined>
  /**
   * Newest first, without `queuePosition`, and without the errands that NetPulse sends itself (`isErrand`), which have no
   * events either.
   */
  list(filter: JobFilter, page: PageRequest): Promise<Page<JobRecord>>
  /**
   * Notes how far the job came, before the act. With `answers`, adds results that the device has given.
   * @throws STALE_CLAIM
   */
  journal(claim: Claim, entry: JournalEntry, answers?: readonly CommandResult[]): Promise<void>
  /** Ends the job, with exactly one `ended` event. @throws STALE_CLAIM */
  finish(claim: Claim, ending: Ending): Promise<JobRecord>
  /**
   * Back to the head of its lane, not to be taken before `delayMs` have passed; the device's later jobs wait behind it.
   * @throws STALE_CLAIM, and ATTEMPTS_USED when no attempt is left
   */
  retry(claim: Claim, delayMs: number, error: ErrorData): Promise<void>
  /** A waiting job ends at once; a running one gets its delivery's signal aborted with CANCELED. */
  cancel(id: JobId): Promise<CancelOutcome>
  /** The record once it has ended. Notified, not polled. @throws JOB_NOT_FOUND; the signal's reason */
  ended(id: JobId, signal: AbortSignal): Promise<JobRecord>
  /**
   * Tells those who follow the job now what its device says: an event `output` with `{ attempt, text }`. It is never
   * waited for, and lost when nobody listens or the store is away.
   */
  output(id: JobId, attempt: number, text: string): void
  /** Tells the same, in the same way, how far the file of a job is: an event `progress` with `{ attempt, ...progress }`. */
  progress(id: JobId, attempt: number, progress: TransferProgress): void
  /**
   * Events after `afterSequence` (all kept ones when absent), then live ones until the signal ends it. With `jobId`
   * only of that job, ending by itself after `ended`.
   */
  events(options: EventQuery): AsyncIterable<JobEvent>
  /** Jobs by status, without looking at each; without errands. */
  counts(): Promise<Readonly<Record<JobStatus, number>>>
}

export interface EventQuery {
  readonly jobId?: JobId
  /** `latest`: only what happens from now on. */
  readonly afterSequence?: number | 'latest'
  /** Also `output` and `progress` events; with a `jobId` only. @defaultValue false */
  readonly output?: boolean
  readonly signal: AbortSignal
}

// ---- deliveries ----

/** A job that was taken: its record says `started`, durably, before anybody sees the delivery. */
export interface Delivery {
  readonly job: JobRecord
  readonly claim: Claim
  /** Aborted with CANCELED when a cancel was asked for, with LEASE_LOST when the claim became stale. */
  readonly signal: AbortSignal
}

export interface Consumer {
  readonly node: NodeId
  readonly incarnation: Incarnation
  readonly worker: string
  readonly concurrency: number
}

/** A consuming loop. */
export interface Running {
  /** Takes no further job; resolves when every handler has returned. Idempotent. */
  drain(): Promise<void>
}

/** Unordered competing consumers, for fifo queries. */
export interface WorkQueue {
  /**
   * Calls `run` for each job, at most `concurrency` at once. `run` ends the job through `jobs.finish` or `jobs.retry`;
   * when it throws or does neither, the job ends `failed` with INTERNAL.
   */
  consume(consumer: Consumer, run: (delivery: Delivery) => Promise<void>): Promise<Running>
}

/** The strict order of each device. */
export interface DeviceMailboxes {
  /**
   * The next job of the lease's device; `undefined` when none can be taken now: nothing waits, one is running, a retry
   * is not yet due. On a held device modifications and opaque jobs wait, and queries pass them.
   * @throws LEASE_LOST
   */
  take(lease: Lease, worker: string): Promise<Delivery | undefined>
  /**
   * Tells the holder that a device may have something to take: a submit, a due retry, a lifted hold, a takeover.
   * May be called more often than needed, never less. Returns the end of the listening.
   */
  onWork(incarnation: Incarnation, listener: (device: DeviceId) => void): () => void
}

// ---- nodes and leases ----

export interface NodeInfo {
  readonly node: NodeId
  readonly incarnation: Incarnation
  readonly hostname: string
  readonly pid: number
  /** Devices that it may hold. */
  readonly capacity: number
  readonly startedAt: Date
}

export interface NodeState extends NodeInfo {
  /** Devices that it holds. */
  readonly pinned: number
  readonly lastHeartbeatAt: Date
  readonly workers: readonly WorkerReport[]
}

/** A worker as a node reports it. */
export interface WorkerReport {
  readonly name: string
  readonly type: 'node' | 'fifo' | 'pinned'
  readonly state: 'busy' | 'idle'
  readonly queue: string
  readonly device?: DeviceId
  readonly startedAt: Date
  readonly succeeded: number
  readonly failed: number
}

/** How full a node is. */
export interface NodeRoom {
  readonly node: NodeId
  /** Devices that it holds. */
  readonly pinned: number
  /** Devices that it may hold. */
  readonly capacity: number
}

export interface NodeRegistry {
  /** Announces a life of a node. An earlier incarnation of the same node is dead from here on. */
  register(info: NodeInfo, report: () => readonly WorkerReport[]): Promise<void>
  /** `false`: this incarnation is not trusted any more (fenced): close every session at once. */
  heartbeat(incarnation: Incarnation): Promise<boolean>
  /** Takes no further device, keeps those that it holds: the first step of a shutdown. */
  drain(incarnation: Incarnation): Promise<void>
  /** Leaves in peace: releases the leases; waiting jobs move to the next holder. */
  unregister(incarnation: Incarnation): Promise<void>
  /** The nodes that live, with what they report. */
  list(): Promise<readonly NodeState[]>
  /** The nodes that take devices: what a placement needs, however many workers they have. */
  rooms(): Promise<readonly NodeRoom[]>
  /**
   * Ends what dead incarnations left: drops their leases, and for each job they had started applies the verdict; a job
   * that had not started waits for the next holder, found among `nodes`. Called by any node, often; safe to call twice.
   */
  reap(decide: (job: JobRecord) => LostJobVerdict, nodes: readonly NodeId[]): Promise<ReapReport>
}

/** What is to become of a job whose holder was lost. */
export type LostJobVerdict = { readonly action: 'requeue' } | { readonly action: 'end'; readonly ending: Ending }

export interface ReapReport {
  readonly incarnations: number
  readonly requeued: readonly JobId[]
  readonly ended: readonly JobId[]
  /** Devices, about, whose jobs wait because no node has room for them. */
  readonly homeless: number
}

/** The right of one incarnation to talk to a device. `token` grows with every grant for that device. */
export interface Lease {
  readonly device: DeviceId
  readonly node: NodeId
  readonly incarnation: Incarnation
  readonly token: number
}

/** Who holds a device. Valid only while the holder's heartbeat is alive; granted by `jobs.submit` and `nodes.reap`. */
export interface Leases {
  find(device: DeviceId): Promise<Lease | undefined>
  heldBy(incarnation: Incarnation): Promise<readonly Lease[]>
  /** `false`: jobs wait in the mailbox (take them first), or the lease was not held any more. */
  release(lease: Lease): Promise<boolean>
}

// ---- holds ----

export interface DeviceHold {
  readonly device: DeviceId
  readonly reason: string
  readonly since: Date
}

/** Devices whose later modifications wait, because nobody knows what an earlier one left behind. */
export interface DeviceHolds {
  list(): Promise<readonly DeviceHold[]>
  /** An operator or a verification says that the device is as expected. `false`: it was not held. */
  release(device: DeviceId): Promise<boolean>
}

// ---- commands ----

/** Orders to a node, such as to end one of its workers. */
export interface NodeCommands {
  /** A node that does not take it within a minute never gets it. */
  send(node: NodeId, command: JsonObject): Promise<void>
  /**
   * Calls `run` for each command to the node, one at a time, in order, at least once. What `run` throws is logged; the
   * command is gone all the same.
   */
  consume(node: NodeId, run: (command: JsonObject) => Promise<void>): Promise<Running>
}
