import type { WebhookDelivery } from '@netpulse/client'
import type { FlatRow } from '../../output/result-file.js'
import { table } from '../../output/table.js'

/** How the latest attempt ended. */
function lastOf({ log }: WebhookDelivery): string {
  const last = log.at(-1)
  if (last === undefined) return ''
  const status = last.status === null ? '' : `HTTP ${last.status}`
  return [status, last.error?.code ?? ''].filter((word) => word !== '').join(' ')
}

export const deliveryRow = (delivery: WebhookDelivery): FlatRow => ({
  ...{ id: delivery.id, job: delivery.job_id, event_type: delivery.event_type, status: delivery.status },
  ...{ target: delivery.target, timestamp: delivery.timestamp, next_attempt_at: delivery.next_attempt_at },
  ...{ attempts: delivery.attempts, last: lastOf(delivery), error: delivery.log.at(-1)?.error?.message ?? null },
})

export const deliveriesText = (deliveries: readonly WebhookDelivery[]): string =>
  table(
    [
      { head: 'ID', value: ({ id }) => id },
      { head: 'JOB', value: ({ job_id: job }) => job },
      { head: 'EVENT', value: ({ event_type: event }) => event },
      { head: 'STATUS', value: ({ status }) => status },
      { head: 'TARGET', value: ({ target }) => target },
      { head: 'ATTEMPTS', value: ({ attempts }) => attempts },
      { head: 'LAST', value: lastOf },
      { head: 'NEXT', value: ({ next_attempt_at: at }) => at },
    ],
    deliveries,
  )
