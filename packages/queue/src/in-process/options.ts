import type { Clock, Logger } from '@netpulse/core'
import type { AuditLimits } from '../audit-log.js'
import type { OutboxLimits } from '../outbox.js'
import type { Durability } from './database.js'

/** How many jobs may wait. */
export interface QueueLimits {
  /** Jobs that may wait per device, of both lanes; from 1. @defaultValue 10000 */
  readonly maxQueuedPerDevice: number
  /** Jobs that may wait in all; from 1. @defaultValue 1000000 */
  readonly maxQueued: number
  /** What a refused submit is told about when to try again. Seconds. @defaultValue 5 */
  readonly retryAfterSeconds: number
}

/** How to make the in-process backend. */
export interface InProcessOptions {
  /**
   * Where jobs are kept: a folder on a local disk that is made when missing, used by one process at a time; or
   * `memory:` to lose them on exit.
   */
  readonly store: string
  /** @defaultValue the system's clock */
  readonly clock?: Clock
  /** @defaultValue drops everything */
  readonly logger?: Logger
  readonly limits?: Partial<QueueLimits>
  /** A node that did not send a heartbeat for this long is lost. Milliseconds, from 1. @defaultValue 15000 */
  readonly leaseTtlMs?: number
  /**
   * What an acknowledged change survives. `normal`: the end of the process, `kill -9` included; a power failure or a
   * crash of the operating system may take the last moments, never the store's integrity. `full`: these too, at the
   * price of one disk flush per commit. No effect on `memory:`. @defaultValue 'normal'
   */
  readonly durability?: Durability
  /** Events that are kept; older ones go. From 1000. @defaultValue 500000 */
  readonly maxEvents?: number
  /** How long webhook deliveries are kept. */
  readonly outbox?: Partial<OutboxLimits>
  /** How long entries of the audit record are kept. */
  readonly audit?: Partial<AuditLimits>
}

/** The options with every default filled in. */
export interface InProcessSettings {
  readonly store: string
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: QueueLimits
  readonly leaseTtlMs: number
  readonly durability: Durability
  readonly maxEvents: number
  readonly outbox: OutboxLimits
  readonly audit: AuditLimits
}
