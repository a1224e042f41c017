import type { JobWebhook } from '@netpulse/core'
import type { OutboxLimits } from '@netpulse/queue'
import { claimMarginMs } from '@netpulse/queue'

/** What the scripts need of a webhook, as JSON; nothing for a job without one. */
export function hookText(webhook: JobWebhook | undefined, { pendingMs, deadMs }: OutboxLimits): string {
  if (webhook === undefined) return ''
  const { events, origin, timeoutSeconds } = webhook
  return JSON.stringify({ events, origin, claimMs: timeoutSeconds * 1000 + claimMarginMs, pendingMs, deadMs })
}
