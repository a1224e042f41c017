import type { Clock, ErrorData, JobRecord, Logger } from '@netpulse/core'
import { createRedactor, inTime, isNetPulseError, toErrorData } from '@netpulse/core'
import type { GuardedHttp, Notifier, NotifyAnswer, WebhookTarget } from '@netpulse/plugin-sdk'
import type { DeliveryAttempt, DeliveryVerdict, DueDelivery } from '@netpulse/queue'
import { webhookError } from '../errors.js'
import type { UrlOfFile } from '../command-result-on-wire.js'
import type { Signer } from '../signing.js'
import { webhookPayload } from '../webhook-payload.js'

/** What an attempt needs. */
export interface AttemptParts {
  readonly http: GuardedHttp
  readonly signer: Signer
  /** By the name in a request. @throws NOTIFIER_UNKNOWN, and what loading it throws */
  readonly notifierOf: (name: string) => Promise<Notifier>
  /** Opens what a job carries sealed. */
  readonly targetOf: (job: JobRecord) => WebhookTarget
  /** URLs of files for an event of a moment: every attempt tells the same. @defaultValue none are told */
  readonly urlOfFile?: (at: Date) => UrlOfFile
  readonly clock: Clock
  readonly log: Logger
}

/** Makes one attempt and says what follows; never throws. `stop` gives the delivery back. */
export async function attempt(parts: AttemptParts, due: DueDelivery, stop: AbortSignal): Promise<DeliveryVerdict> {
  const { clock } = parts
  let secrets: readonly string[] = []
  const at = clock.now()
  const startMs = clock.monotonicMs()
  const ended = (rest: Omit<DeliveryAttempt, 'at' | 'durationMs'>): DeliveryAttempt => ({
    at,
    durationMs: Math.round(clock.monotonicMs() - startMs),
    ...rest,
  })
  try {
    const target = parts.targetOf(due.job)
    secrets = secretsOf(target)
    const { status } = await send(parts, due, { target, stop })
    return { state: 'delivered', attempt: ended({ delivered: true, ...(status === undefined ? {} : { status }) }) }
  } catch (error) {
    if (stop.aborted) return { state: 'released' }
    noteBug(parts.log, due, { error, secrets })
    return afterFailure(due, redactedError(error, secrets), ended)
  }
}

interface Sending {
  readonly target: WebhookTarget
  readonly stop: AbortSignal
}

async function send(
  parts: AttemptParts,
  { delivery, job }: DueDelivery,
  { target, stop }: Sending,
): Promise<NotifyAnswer> {
  const webhook = job.request.webhook!
  const { id, event, attempts } = delivery
  const payload = webhookPayload(delivery, job, parts.urlOfFile?.(delivery.at))
  const message = { id, event, payload, target, attempt: attempts + 1 }
  const sign = (body: string) => parts.signer.headers(id, parts.clock.now(), body)
  const seconds = webhook.timeoutSeconds
  const late = (): Error => webhookError('RECEIVER_TIMEOUT', `The receiver did not answer within ${seconds} s.`)
  return inTime({ clock: parts.clock, timeoutMs: seconds * 1000, signal: stop, late }, async (signal) => {
    const notifier = await parts.notifierOf(webhook.name)
    return notifier.send(message, { http: parts.http, signal, sign })
  })
}

function afterFailure(
  { delivery, job }: DueDelivery,
  { code, message, details, retryable }: ErrorData,
  ended: (rest: Omit<DeliveryAttempt, 'at' | 'durationMs'>) => DeliveryAttempt,
): DeliveryVerdict {
  const status = details?.['status']
  const attempt = ended({
    delivered: false,
    ...(typeof status === 'number' ? { status } : {}),
    error: { code, message },
  })
  const { maxRetries, retryIntervalsSeconds } = job.request.webhook!
  // A bug, of a plugin most likely, is no reason to give up.
  const isPermanent = !retryable && code !== 'INTERNAL'
  if (isPermanent || delivery.attempts >= maxRetries) return { state: 'dead', attempt }
  const seconds = retryIntervalsSeconds[Math.min(delivery.attempts, retryIntervalsSeconds.length - 1)] ?? 0
  return { state: 'retry', attempt, delayMs: seconds * 1000 }
}

/** What may be secret in a target: an error of a plugin may quote any of it. */
function secretsOf({ url, headers, cookies, auth }: WebhookTarget): readonly string[] {
  const { origin } = new URL(url)
  return [url, url.slice(origin.length), ...Object.values(headers), ...Object.values(cookies), ...(auth ?? [])]
}

/** The failure as data, fit for the delivery log. */
function redactedError(error: unknown, secrets: readonly string[]): ErrorData {
  const data = toErrorData(error)
  return { ...data, message: createRedactor(secrets).redact(data.message) }
}

interface Bug {
  readonly error: unknown
  readonly secrets: readonly string[]
}

function noteBug(log: Logger, { delivery }: DueDelivery, { error, secrets }: Bug): void {
  if (isNetPulseError(error)) return
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log.error({ delivery: delivery.id, stack: createRedactor(secrets).redact(stack) }, 'A notifier threw.')
}
