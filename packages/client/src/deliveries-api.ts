import type { DeadDeliveryQuery, WebhookDelivery } from './models.js'
import { nextCursorOf, overPages } from './pages.js'
import type { CallOptions, Transport } from './transport.js'

/** Some dead deliveries, and where the next ones begin. */
export interface DeliveryPage {
  /** Fewer than asked for also where the key may not read some. */
  readonly deliveries: readonly WebhookDelivery[]
  /** `cursor` of the next page; `undefined` on the last one. */
  readonly nextCursor: string | undefined
}

/** What became of webhooks. */
export class DeliveriesApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Those of a job in the order of its events; empty for one without a webhook. @throws NotFoundError */
  async ofJob(id: string, options: CallOptions = {}): Promise<readonly WebhookDelivery[]> {
    const path = `/jobs/${encodeURIComponent(id)}/deliveries`
    return (await this.#transport.send<WebhookDelivery[]>({ method: 'GET', path, ...options })).body
  }

  /** One page of those that were given up, the latest first; `limit` 1 to 1000, 100 when it is left out. */
  async deadPage(query: DeadDeliveryQuery = {}, options: CallOptions = {}): Promise<DeliveryPage> {
    const request = { method: 'GET', path: '/webhooks/dead', query } as const
    const { body, headers } = await this.#transport.send<WebhookDelivery[]>({ ...request, ...options })
    return { deliveries: body, nextCursor: nextCursorOf(headers) }
  }

  /** All that were given up, the latest first; asks for the next page when the one before is used up. */
  dead(query: DeadDeliveryQuery = {}, options: CallOptions = {}): AsyncGenerator<WebhookDelivery> {
    return overPages(async (from) => {
      const { deliveries: items, nextCursor } = await this.deadPage({ ...query, ...from }, options)
      return { items, nextCursor }
    }, query.cursor)
  }

  /**
   * Sends a dead delivery once more, with all its retries. Needs the scope `webhook:admin`.
   * @throws NotFoundError (`DELIVERY_NOT_DEAD`)
   */
  async replay(id: string, options: CallOptions = {}): Promise<WebhookDelivery> {
    const path = `/webhooks/dead/${encodeURIComponent(id)}/replay`
    return (await this.#transport.send<WebhookDelivery>({ method: 'POST', path, ...options })).body
  }
}
