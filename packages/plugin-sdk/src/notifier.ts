import type { JsonObject, WebhookEvent } from '@netpulse/core'
import type { GuardedHttp } from './guarded-http.js'
import type { PluginManifest } from './manifest.js'

/** Where a message goes, as the request that made the job says. Holds secrets in clear: none of it belongs in an error. */
export interface WebhookTarget {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
  /** User and password of HTTP Basic. */
  readonly auth?: readonly [user: string, password: string]
}

/** An event of a job, to be delivered. */
export interface WebhookMessage {
  /** The same over all attempts: a receiver knows a repetition by it. */
  readonly id: string
  readonly event: WebhookEvent
  /** What the built-in notifier sends as JSON. */
  readonly payload: JsonObject
  readonly target: WebhookTarget
  /** Of this message; from 1. */
  readonly attempt: number
}

export interface NotifyContext {
  /** Aborted when the time of the attempt is over, and at a shutdown. */
  readonly signal: AbortSignal
  /** The only way to reach the network that keeps to what the operator allows. */
  readonly http: GuardedHttp
  /** Headers of Standard Webhooks for a body: id, timestamp, and a signature when the operator has set a secret. */
  sign(body: string): Readonly<Record<string, string>>
}

/** What the receiver said. */
export interface NotifyAnswer {
  /** HTTP status, where there is one: for the delivery log. */
  readonly status?: number
}

/** Delivers events. A third party's notifier has this shape. */
export interface Notifier {
  /**
   * One attempt. It may be repeated after a crash. A `NetPulseError` that is not retryable ends the attempts at once; all
   * else that is thrown is tried again as the request says. `details.status` of an error goes into the delivery log.
   */
  send(message: WebhookMessage, context: NotifyContext): Promise<NotifyAnswer>
}

export type NotifierManifest = PluginManifest<'webhook', Notifier>
