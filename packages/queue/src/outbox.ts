import type { JobId, JobRecord, WebhookEvent } from '@netpulse/core'
import type { Page, PageRequest } from './backend.js'

/**
 * Where a delivery stands.
 *
 * | from | to | when |
 * |---|---|---|
 * | pending | pending | an attempt failed and another one is due later; a claim was given back or ran out |
 * | pending | delivered | the receiver took it |
 * | pending | dead | the last attempt failed, or the receiver must not be reached |
 * | dead | pending | it is replayed |
 */
export type DeliveryState = 'pending' | 'delivered' | 'dead'

/** One attempt to deliver, as the delivery log keeps it. */
export interface DeliveryAttempt {
  readonly at: Date
  readonly durationMs: number
  readonly delivered: boolean
  /** HTTP status of the answer, when there was one. */
  readonly status?: number
  /** Why it failed: a code and a sentence. Holds no secret. */
  readonly error?: { readonly code: string; readonly message: string }
}

/** An event of a job on its way to a receiver. */
export interface WebhookDelivery {
  /** The same over all attempts and replays: receivers know a repetition by it. */
  readonly id: string
  readonly jobId: JobId
  readonly event: WebhookEvent
  /** Scheme, host and port of the receiver. */
  readonly origin: string
  /** When the event happened. */
  readonly at: Date
  readonly state: DeliveryState
  /** Attempts since it was put in, or replayed. */
  readonly attempts: number
  /** When the next attempt is due; only while pending. */
  readonly dueAt?: Date
  /** The latest attempts, oldest first. */
  readonly log: readonly DeliveryAttempt[]
}

/** Attempts that the log of one delivery keeps. */
export const longestDeliveryLog = 20

/** A delivery that a consumer may attempt now, until its claim runs out: a little after the time limit of the webhook. */
export interface DueDelivery {
  readonly delivery: WebhookDelivery
  readonly job: JobRecord
  /** Names this claim; a later one makes it stale. */
  readonly claim: string
}

/** What a consumer has room for. */
export interface DueRequest {
  /** Deliveries at most. */
  readonly most: number
  /** Attempts of this consumer that may run at once at one receiver. */
  readonly perOrigin: number
  /** Attempts of this consumer that run now, by origin. */
  readonly busy: ReadonlyMap<string, number>
}

/** What becomes of a claimed delivery. `released`: nothing was tried; somebody else may, at once. */
export type DeliveryVerdict =
  | { readonly state: 'delivered' | 'dead'; readonly attempt: DeliveryAttempt }
  | { readonly state: 'retry'; readonly attempt: DeliveryAttempt; readonly delayMs: number }
  | { readonly state: 'released' }

/** How long the outbox keeps what. */
export interface OutboxLimits {
  /** A job stays at least this long after the next attempt of a pending delivery was due. Milliseconds. @defaultValue 86400000 */
  readonly pendingMs: number
  /** A job stays at least this long after a delivery of it died. Milliseconds. @defaultValue 604800000 */
  readonly deadMs: number
  /** Dead deliveries that are kept; the oldest go. @defaultValue 10000 */
  readonly maxDead: number
}

/** The limits where nobody says otherwise: a day for what is on its way, a week for what died. */
export const outboxLimits: OutboxLimits = { pendingMs: 86_400_000, deadMs: 604_800_000, maxDead: 10_000 }

/** A claim outlasts the time limit of its webhook by this much. Milliseconds. */
export const claimMarginMs = 10_000

/**
 * Events of jobs for their receivers. They are put in by the step that makes them true: the start, the finish, a cancel,
 * an expiry, a reaper's verdict. Each is attempted by one consumer at a time; who dies in an attempt leaves it to others,
 * so that a receiver gets an event at least once. Deliveries go with their job, which stays while one is pending or dead.
 */
export interface Outbox {
  /** Claims what is due, the longest due first, and at each receiver no more than asked for. */
  claim(request: DueRequest): Promise<readonly DueDelivery[]>
  /** Records an attempt and what follows. `false`: the claim is stale, nothing was recorded. */
  settle(due: DueDelivery, verdict: DeliveryVerdict): Promise<boolean>
  /**
   * Tells that a delivery may be due: at once, when one is put in, and when its time comes. May be called more often than
   * needed, never less. Returns the end of the listening.
   */
  onDue(listener: () => void): () => void
  /** A job's deliveries in the order of their events; none for an unknown job. */
  ofJob(id: JobId): Promise<readonly WebhookDelivery[]>
  /** The dead, the latest first. */
  dead(page: PageRequest): Promise<Page<WebhookDelivery>>
  /** Makes a dead delivery due again, with all its attempts. `undefined`: no dead delivery has this id. */
  replay(id: string): Promise<WebhookDelivery | undefined>
}

/** The id of a job's delivery: `<job>_<number from 1>`. */
export const deliveryIdOf = (job: JobId, number: number): string => `${job}_${number}`

/** Job and number of a delivery's id; `undefined` for another text. */
export function partsOfDeliveryId(id: string): { readonly jobId: JobId; readonly number: number } | undefined {
  const match = /^(.+)_([1-9]\d{0,8})$/.exec(id)
  return match === null ? undefined : { jobId: match[1] as JobId, number: Number(match[2]) }
}
