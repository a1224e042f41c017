import type { JobRecord, JobWebhook, NewJob, SchemaViolation } from '@netpulse/core'
import { isNetPulseError, partEvents } from '@netpulse/core'
import type { Sealer } from '@netpulse/credentials'
import type { WebhookTarget } from '@netpulse/plugin-sdk'
import type { TaskRecord } from '@netpulse/queue'
import { sealContext, sealContextOf } from '../run/sealed-job.js'
import type { WebhookRequest } from './webhook-request.js'
import { webhookDefaults } from './webhook-request.js'

export interface WebhookIntakeOptions {
  readonly sealer: Sealer
  /** The parsed URL. @throws URL_REFUSED, ADDRESS_FORBIDDEN */
  readonly checkUrl: (url: string) => URL
  /** @throws NOTIFIER_UNKNOWN */
  readonly checkName: (name: string) => void
}

/** Headers that belong to the connection, or say who sent the message. */
const reserved =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|webhook-(id|timestamp|signature))$/i

/** Binds a sealed target to its job or task and device, and apart from what else that has sealed. */
const contextOf = (sealed: string): string => `${sealed}\nwebhook`

/** Takes webhooks of requests in: checks them, and seals where they go. */
export class WebhookIntake {
  readonly #options: WebhookIntakeOptions

  constructor(options: WebhookIntakeOptions) {
    this.#options = options
  }

  /** What is wrong with a webhook of the right shape. */
  violationsOf({ url, name = webhookDefaults.name, headers = {} }: WebhookRequest): readonly SchemaViolation[] {
    const { checkUrl, checkName } = this.#options
    return [
      ...violationIn('webhook.url', () => checkUrl(url)),
      ...violationIn('webhook.name', () => checkName(name)),
      ...Object.keys(headers)
        .filter((header) => reserved.test(header))
        .map((header) => ({ path: `webhook.headers.${header}`, message: 'is set by NetPulse itself' })),
    ]
  }

  /** The job with its webhook, as far as that wants to be told of jobs. */
  withWebhook(job: NewJob, asked: WebhookRequest | undefined): NewJob {
    const { ofJob: events } = partEvents(asked?.events)
    if (asked === undefined || events.length === 0) return job
    return { ...job, request: { ...job.request, webhook: this.#webhookOf(sealContextOf(job), asked, events) } }
  }

  /** The task with its webhook, as far as that wants to be told of tasks. */
  withTaskWebhook(task: TaskRecord, asked: WebhookRequest | undefined): TaskRecord {
    const { ofTask: events } = partEvents(asked?.events)
    if (asked === undefined || events.length === 0) return task
    return { ...task, webhook: this.#webhookOf(sealContext(task.id, task.device.id), asked, events) }
  }

  /** Opens what `withWebhook` sealed. @throws SEAL_KEY_UNKNOWN, SEAL_BROKEN */
  targetOf(job: JobRecord): WebhookTarget {
    return JSON.parse(
      this.#options.sealer.open(job.request.webhook!.sealedTarget, contextOf(sealContextOf(job))),
    ) as WebhookTarget
  }

  #webhookOf(sealed: string, asked: WebhookRequest, events: JobWebhook['events']): JobWebhook {
    const { url, method = webhookDefaults.method, headers = {}, cookies = {}, auth } = asked
    const target: WebhookTarget = { url, method, headers, cookies, ...(auth === undefined ? {} : { auth }) }
    return {
      name: asked.name ?? webhookDefaults.name,
      events,
      origin: new URL(url).origin,
      timeoutSeconds: asked.timeoutSeconds ?? webhookDefaults.timeoutSeconds,
      maxRetries: asked.maxRetries ?? webhookDefaults.maxRetries,
      retryIntervalsSeconds: asked.retryIntervalsSeconds ?? webhookDefaults.retryIntervalsSeconds,
      sealedTarget: this.#options.sealer.seal(JSON.stringify(target), contextOf(sealed)),
    }
  }
}

function violationIn(path: string, check: () => unknown): readonly SchemaViolation[] {
  try {
    check()
    return []
  } catch (error) {
    if (!isNetPulseError(error)) throw error
    return [{ path, message: error.message }]
  }
}
