import type { Clock, Logger } from '@netpulse/core'
import { silentLogger, systemClock } from '@netpulse/core'
import type { AuditLimits, OutboxLimits, QueueLimits } from '@netpulse/queue'
import { auditLimits, outboxLimits } from '@netpulse/queue'

/** How the backend on Redis behaves; what it connects to is `RedisOptions`. */
export interface RedisBackendOptions {
  /**
   * Time of jobs, leases and retention. Absent: the clock of Redis, the same for all processes whatever their own clocks
   * say, and the system's clock for timers. For tests.
   */
  readonly clock?: Clock
  /** @defaultValue drops everything */
  readonly logger?: Logger
  readonly limits?: Partial<QueueLimits>
  /** A node that did not send a heartbeat for this long is lost. Milliseconds, from 1. @defaultValue 15000 */
  readonly leaseTtlMs?: number
  /** Events that are kept, about; older ones go. From 1000. @defaultValue 500000 */
  readonly maxEvents?: number
  /** Time between two looks at what expired, fell due or is to be forgotten. Milliseconds. @defaultValue 1000 */
  readonly sweepMs?: number
  /** How long webhook deliveries are kept. */
  readonly outbox?: Partial<OutboxLimits>
  /** How long entries of the audit record are kept. */
  readonly audit?: Partial<AuditLimits>
}

/** The options with every default filled in. */
export interface RedisBackendSettings {
  /** For timers. */
  readonly clock: Clock
  /** Time of the scripts; absent: the clock of Redis. */
  readonly scriptClock: Clock | undefined
  readonly log: Logger
  readonly limits: QueueLimits
  readonly leaseTtlMs: number
  readonly maxEvents: number
  readonly sweepMs: number
  readonly outbox: OutboxLimits
  readonly audit: AuditLimits
}

export const settingsOf = (options: RedisBackendOptions): RedisBackendSettings => ({
  clock: options.clock ?? systemClock,
  scriptClock: options.clock,
  log: options.logger ?? silentLogger,
  limits: { maxQueuedPerDevice: 10_000, maxQueued: 1_000_000, retryAfterSeconds: 5, ...options.limits },
  leaseTtlMs: options.leaseTtlMs ?? 15_000,
  maxEvents: options.maxEvents ?? 500_000,
  sweepMs: options.sweepMs ?? 1000,
  outbox: { ...outboxLimits, ...options.outbox },
  audit: { ...auditLimits, ...options.audit },
})
