import type { Clock, JobRecord, Logger } from '@netpulse/core'
import { coreError, isNetPulseError, toErrorData } from '@netpulse/core'
import type { GuardedHttp, Notifier, NotifyAnswer, WebhookTarget } from '@netpulse/plugin-sdk'
import type { DeliveryAttempt, DeliveryVerdict, DueDelivery } from '@netpulse/queue'
import { webhookError } from '../errors.js'
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
  readonly clock: Clock
  readonly log: Logger
}

/** Makes one attempt and says what follows; never throws. `stop` gives the delivery back. */
export async function attempt(parts: AttemptParts, due: DueDelivery, stop: AbortSignal): Promise<DeliveryVerdict> {
  const { clock } = parts
  const at = clock.now()
  const startMs = clock.monotonicMs()
  const ended = (rest: Omit<DeliveryAttempt, 'at' | 'durationMs'>): DeliveryAttempt => ({
    at,
    durationMs: Math.round(clock.monotonicMs() - startMs),
    ...rest,
  })
  try {
    const { status } = await send(parts, due, stop)
    return { state: 'delivered', attempt: ended({ delivered: true, ...(status === undefined ? {} : { status }) }) }
  } catch (error) {
    if (stop.aborted) return { state: 'released' }
    noteBug(parts.log, due, error)
    return afterFailure(due, error, ended)
  }
}

async function send(parts: AttemptParts, { delivery, job }: DueDelivery, stop: AbortSignal): Promise<NotifyAnswer> {
  const webhook = job.request.webhook!
  const notifier = await parts.notifierOf(webhook.name)
  const { id, event, attempts } = delivery
  const payload = webhookPayload(delivery, job)
  const message = { id, event, payload, target: parts.targetOf(job), attempt: attempts + 1 }
  const sign = (body: string) => parts.signer.headers(id, parts.clock.now(), body)
  return within(parts.clock, webhook.timeoutSeconds, stop, (signal) =>
    notifier.send(message, { http: parts.http, signal, sign }),
  )
}

/** Ends the wait when the time is over or at the stop, also for a notifier that does not listen to its signal. */
async function within<Answer>(
  clock: Clock,
  seconds: number,
  stop: AbortSignal,
  run: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const controller = new AbortController()
  const late = webhookError('RECEIVER_TIMEOUT', `The receiver did not answer within ${seconds} s.`)
  const cancel = clock.setTimer(seconds * 1000, () => controller.abort(late))
  const onStop = (): void => controller.abort(coreError('ABORTED', 'NetPulse is shutting down.'))
  stop.addEventListener('abort', onStop, { once: true })
  if (stop.aborted) onStop()
  try {
    const over = new Promise<never>((_, reject) =>
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), { once: true }),
    )
    controller.signal.throwIfAborted()
    return await Promise.race([run(controller.signal), over])
  } finally {
    cancel()
    stop.removeEventListener('abort', onStop)
  }
}

function afterFailure(
  { delivery, job }: DueDelivery,
  failure: unknown,
  ended: (rest: Omit<DeliveryAttempt, 'at' | 'durationMs'>) => DeliveryAttempt,
): DeliveryVerdict {
  const { code, message, details } = toErrorData(failure)
  const status = details?.['status']
  const attempt = ended({
    delivered: false,
    ...(typeof status === 'number' ? { status } : {}),
    error: { code, message },
  })
  const { maxRetries, retryIntervalsSeconds } = job.request.webhook!
  const isPermanent = isNetPulseError(failure) && !failure.retryable
  if (isPermanent || delivery.attempts >= maxRetries) return { state: 'dead', attempt }
  const seconds = retryIntervalsSeconds[Math.min(delivery.attempts, retryIntervalsSeconds.length - 1)] ?? 0
  return { state: 'retry', attempt, delayMs: seconds * 1000 }
}

function noteBug(log: Logger, { delivery }: DueDelivery, error: unknown): void {
  if (isNetPulseError(error)) return
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log.error({ delivery: delivery.id, stack }, 'A notifier threw.')
}
