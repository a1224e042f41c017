import type { DeviceId, Incarnation, JobId, JobKind, JobRecord, JobStatus } from '@netpulse/core'
import type { Lane } from '../lane.js'
import type { Due } from './due-queue.js'
import type { EntryList } from './entry-list.js'

/** Who runs a job. */
export interface Holder {
  readonly incarnation: Incarnation
  /** Token of the device's lease; absent in the `work` lane. */
  readonly token?: number
}

/** What memory keeps of a job that has not ended: what order, claims and timers need. */
export interface JobEntry {
  /** Order of submission; the key of the job's rows. */
  readonly seq: number
  readonly id: JobId
  readonly deviceId: DeviceId
  readonly kind: JobKind
  readonly lane: Lane
  readonly expiresAtMs: number
  readonly maxAttempts: number
  /** Not counted, not listed, without events. */
  readonly isErrand: boolean
  status: JobStatus
  attempt: number
  /** The whole record, while the job runs, waits for its commit, or is one of the first in the cache. */
  record: JobRecord | undefined
  /** Set while the job runs. */
  holder?: Holder | undefined
  /** Ends the delivery's signal; absent after a restart, when nobody has the delivery. */
  abort?: AbortController | undefined
  /** A retry is not to be taken before; milliseconds since 1970. */
  dueMs?: number | undefined
  /** Whether `record` counts as one of the cache. */
  cached?: boolean
  /** Answers of the present attempt that have rows. */
  answers: number
  /** Webhook deliveries that were put in; absent until it is asked for. */
  deliveries?: number
  list?: EntryList | undefined
  /** Orders the entries of its list; only differences count. */
  place?: number
  before?: JobEntry | undefined
  after?: JobEntry | undefined
  expiry?: Due<JobEntry> | undefined
  retry?: Due<JobEntry> | undefined
}
