/** How an attempt to deliver ended: taken, to be tried again, or given up for good. */
export type DeliveryOutcome = 'delivered' | 'retried' | 'dead'

/** Is told of each attempt: what a page of metrics counts. */
export interface WebhookCounter {
  count(outcome: DeliveryOutcome): void
}

/** Counts since the start of this process. */
export class WebhookTally implements WebhookCounter {
  readonly #counts: Record<DeliveryOutcome, number> = { delivered: 0, retried: 0, dead: 0 }

  count(outcome: DeliveryOutcome): void {
    this.#counts[outcome]++
  }

  get counts(): Readonly<Record<DeliveryOutcome, number>> {
    return { ...this.#counts }
  }
}
