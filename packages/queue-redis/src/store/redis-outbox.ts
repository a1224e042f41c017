import { randomBytes } from 'node:crypto'
import type { JobId, WebhookEvent } from '@netpulse/core'
import type {
  DeliveryAttempt,
  DeliveryState,
  DeliveryVerdict,
  DueDelivery,
  DueRequest,
  Outbox,
  Page,
  PageRequest,
  WebhookDelivery,
} from '@netpulse/queue'
import { assertPageLimit, cursorOf, keyOf, longestDeliveryLog, partsOfDeliveryId } from '@netpulse/queue'
import { DueBell } from './due-bell.js'
import type { Kernel } from './kernel.js'
import type { RecordFields } from './record-fields.js'
import { recordOf } from './record-fields.js'

/** A delivery as the scripts keep it. Instants in milliseconds since 1970. */
interface Kept {
  readonly event: WebhookEvent
  readonly at: number
  readonly state: DeliveryState
  readonly attempts: number
  readonly due?: number
}

type Shown = readonly [id: string, origin: string, kept: string, log: string]

/** The outbox on Redis, shared by all processes. */
export class RedisOutbox implements Outbox {
  readonly #kernel: Kernel
  readonly #bell: DueBell
  readonly #process = randomBytes(6).toString('base64url')
  #claims = 0

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.#bell = new DueBell(kernel, { channel: 'h', what: 'Webhook deliveries' })
  }

  async claim({ most, perOrigin, busy }: DueRequest): Promise<readonly DueDelivery[]> {
    const claim = `${this.#process}.${++this.#claims}`
    const answer = await this.#kernel.run('claimDeliveries', claim, most, perOrigin, ...[...busy].flat())
    const [next, ...found] = answer as readonly [string, ...(readonly [Shown, RecordFields])[]]
    // What is due already and was not taken waits for room, which its owner sees.
    if (Number(next) > 0) this.#bell.within(Number(next))
    return found.map(([shown, fields]) => ({ delivery: deliveryOf(shown), job: recordOf(fields), claim }))
  }

  async settle({ delivery, claim }: DueDelivery, verdict: DeliveryVerdict): Promise<boolean> {
    const { maxDead } = this.#kernel.settings.outbox
    const answer = await this.#kernel.run(
      'settleDelivery',
      delivery.id,
      claim,
      verdict.state,
      verdict.state === 'retry' ? verdict.delayMs : 0,
      verdict.state === 'released' ? '' : JSON.stringify(verdict.attempt),
      longestDeliveryLog,
      maxDead,
    )
    return answer === 'ok'
  }

  onDue(listener: () => void): () => void {
    this.#kernel.assertOpen()
    return this.#bell.listen(listener)
  }

  async ofJob(id: JobId): Promise<readonly WebhookDelivery[]> {
    return ((await this.#kernel.run('deliveriesOf', id)) as readonly Shown[]).map(deliveryOf)
  }

  async dead({ limit, cursor }: PageRequest): Promise<Page<WebhookDelivery>> {
    assertPageLimit(limit)
    const below = cursor === undefined ? '+inf' : `(${keyOf(cursor)}`
    const answer = await this.#kernel.run('deadDeliveries', below, limit + 1)
    const found = answer as readonly (readonly [order: string, shown: Shown | null])[]
    const page = found.slice(0, limit)
    const items = page.flatMap(([, shown]) => (shown === null ? [] : [deliveryOf(shown)]))
    return found.length > limit ? { items, nextCursor: cursorOf(Number(page.at(-1)![0])) } : { items }
  }

  async replay(id: string): Promise<WebhookDelivery | undefined> {
    if (partsOfDeliveryId(id) === undefined) return undefined
    const answer = (await this.#kernel.run('replayDelivery', id)) as Shown | null
    return answer === null ? undefined : deliveryOf(answer)
  }
}

function deliveryOf([id, origin, text, log]: Shown): WebhookDelivery {
  const { event, at, state, attempts, due } = JSON.parse(text) as Kept
  return {
    id,
    jobId: partsOfDeliveryId(id)!.jobId,
    event,
    origin,
    at: new Date(at),
    state,
    attempts,
    ...(due === undefined ? {} : { dueAt: new Date(due) }),
    log: log.split('\n').slice(0, -1).map(attemptOf),
  }
}

function attemptOf(line: string): DeliveryAttempt {
  const attempt = JSON.parse(line) as Omit<DeliveryAttempt, 'at'> & { readonly at: string }
  return { ...attempt, at: new Date(attempt.at) }
}
