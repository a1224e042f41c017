import type { DeliveryAttempt, WebhookDelivery as Delivery } from '@netpulse/queue'
import type { WebhookDelivery } from '../schemas/response-schemas.js'
import type { FormatTimestamp } from './timestamps.js'

const attemptOnWire = ({ at, durationMs, delivered, status, error }: DeliveryAttempt, format: FormatTimestamp) => ({
  at: format(at),
  duration: durationMs / 1000,
  delivered,
  status: status ?? null,
  error: error === undefined ? null : { code: error.code, message: error.message },
})

/** A webhook's delivery with its log. */
export function deliveryOnWire(delivery: Delivery, format: FormatTimestamp): WebhookDelivery {
  const { id, jobId, event, state, origin, at, dueAt, attempts, log } = delivery
  return {
    id,
    job_id: jobId,
    event_type: event,
    status: state,
    target: origin,
    timestamp: format(at),
    next_attempt_at: dueAt === undefined ? null : format(dueAt),
    attempts,
    log: log.map((attempt) => attemptOnWire(attempt, format)),
  }
}
