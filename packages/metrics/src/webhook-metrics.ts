import type { Observation } from '@netpulse/engine'
import type { Registry } from 'prom-client'
import { Counter } from 'prom-client'

/** Counts the webhooks that this process sent. */
export function observeWebhooks(registry: Registry): (observation: Observation) => void {
  const attempts = new Counter({
    name: 'netpulse_webhook_attempts_total',
    help: 'Webhooks that were sent: `delivered`, `retried` (another attempt follows) or `dead` (given up).',
    labelNames: ['outcome'],
    registers: [registry],
  })
  return (observation) => {
    if (observation.type === 'webhook_attempted') attempts.inc({ outcome: observation.outcome })
  }
}
