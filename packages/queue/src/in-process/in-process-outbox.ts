import type { JobId } from '@netpulse/core'
import type { Page, PageRequest } from '../backend.js'
import type { DeliveryVerdict, DueDelivery, DueRequest, Outbox, WebhookDelivery } from '../outbox.js'
import { partsOfDeliveryId } from '../outbox.js'
import { assertPageLimit, cursorOf, keyOf } from '../page.js'
import type { Kernel } from './kernel.js'
import type { KernelSlot } from './kernel-slot.js'
import type { Claimed } from './outbox-book.js'

/** The outbox of the in-process backend. */
export class InProcessOutbox implements Outbox {
  readonly #slot: KernelSlot

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  async claim(request: DueRequest): Promise<readonly DueDelivery[]> {
    this.#kernel.assertOpen()
    const claimed = this.#kernel.outbox.claim(request, this.#nowMs())
    await this.#kernel.commit.settled()
    return claimed.flatMap((delivery) => this.#due(delivery))
  }

  async settle({ delivery, claim }: DueDelivery, verdict: DeliveryVerdict): Promise<boolean> {
    this.#kernel.assertOpen()
    const found = this.#find(delivery.id)
    const claimed = found && this.#kernel.outbox.claimed(found.seq, found.number, claim)
    if (claimed === undefined) return false
    this.#kernel.outbox.settle(claimed, verdict, this.#nowMs())
    await this.#kernel.commit.settled()
    return true
  }

  onDue(listener: () => void): () => void {
    return this.#kernel.listenDue(listener)
  }

  async ofJob(id: JobId): Promise<readonly WebhookDelivery[]> {
    this.#kernel.assertOpen()
    await this.#kernel.commit.settled()
    const seq = this.#kernel.eventTable.jobKey(id)
    return seq === undefined ? [] : this.#kernel.outbox.table.ofJob(seq)
  }

  async dead({ limit, cursor }: PageRequest): Promise<Page<WebhookDelivery>> {
    this.#kernel.assertOpen()
    assertPageLimit(limit)
    const below = cursor === undefined ? Number.MAX_SAFE_INTEGER : keyOf(cursor)
    await this.#kernel.commit.settled()
    const found = this.#kernel.outbox.table.dead(below, limit + 1)
    const shown = found.slice(0, limit)
    const items = shown.map(({ delivery }) => delivery)
    return found.length > limit ? { items, nextCursor: cursorOf(shown.at(-1)!.order) } : { items }
  }

  async replay(id: string): Promise<WebhookDelivery | undefined> {
    this.#kernel.assertOpen()
    await this.#kernel.commit.settled()
    const found = this.#find(id)
    if (found === undefined || !this.#kernel.outbox.replay(found.seq, found.number, this.#nowMs())) return undefined
    await this.#kernel.commit.settled()
    return this.#kernel.outbox.table.find(found.seq, found.number)
  }

  #find(id: string): { readonly seq: number; readonly number: number } | undefined {
    const parts = partsOfDeliveryId(id)
    const seq = parts && this.#kernel.eventTable.jobKey(parts.jobId)
    return seq === undefined ? undefined : { seq, number: parts!.number }
  }

  /** The job may have been purged in between, and its deliveries with it. */
  #due({ seq, number, claim }: Claimed): readonly DueDelivery[] {
    const delivery = this.#kernel.outbox.table.find(seq, number)
    const job = this.#kernel.jobs.findKey(seq)
    return delivery === undefined || job === undefined ? [] : [{ delivery, job, claim: claim! }]
  }

  #nowMs(): number {
    return this.#kernel.now().getTime()
  }
}
