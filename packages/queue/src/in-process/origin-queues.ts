import type { DueRequest } from '../outbox.js'
import type { Due } from './due-queue.js'
import { DueQueue } from './due-queue.js'

/** Something that waits for its time at a receiver. */
export interface Timed {
  readonly origin: string
  due?: Due<Timed> | undefined
}

interface Origin {
  readonly name: string
  readonly items: DueQueue<Timed>
  place: Due<Origin> | undefined
}

/** Items by receiver and time, so that the backlog of one receiver is no way to be walked to the others'. */
export class OriginQueues<Item extends Timed> {
  readonly #origins = new Map<string, Origin>()
  readonly #order = new DueQueue<Origin>()

  /** Puts an item in, or at another time. */
  set(item: Item, dueMs: number): void {
    this.remove(item)
    const origin = this.#origin(item.origin)
    item.due = origin.items.add(dueMs, item)
    this.#place(origin)
  }

  /** Harmless when the item is not in. */
  remove(item: Item): void {
    if (item.due === undefined) return
    const origin = this.#origin(item.origin)
    origin.items.remove(item.due)
    item.due = undefined
    this.#place(origin)
  }

  /**
   * The items that are due, longest due first, each put in again at what `until` says. With when the next one is due
   * that there is room for; absent when there is none, or no room.
   */
  take(
    { most, perOrigin, busy }: DueRequest,
    nowMs: number,
    until: (item: Item) => number,
  ): { readonly items: readonly Item[]; readonly nextMs: number | undefined } {
    const items: Item[] = []
    const running = new Map(busy)
    const full: Origin[] = []
    for (let first = this.#order.first; first !== undefined && items.length < most; first = this.#order.first) {
      if (first.dueMs > nowMs) break
      const origin = first.item
      const count = running.get(origin.name) ?? 0
      if (count >= perOrigin) {
        this.#order.remove(first)
        full.push(origin)
        continue
      }
      const item = origin.items.first!.item as Item
      running.set(origin.name, count + 1)
      items.push(item)
      this.set(item, Math.max(until(item), nowMs + 1))
    }
    const nextMs = this.#order.first?.dueMs
    for (const origin of full) this.#place(origin)
    return { items, nextMs: nextMs !== undefined && nextMs > nowMs ? nextMs : undefined }
  }

  #origin(name: string): Origin {
    let origin = this.#origins.get(name)
    if (origin === undefined) {
      origin = { name, items: new DueQueue(), place: undefined }
      this.#origins.set(name, origin)
    }
    return origin
  }

  #place(origin: Origin): void {
    if (origin.place !== undefined) this.#order.remove(origin.place)
    const { first } = origin.items
    origin.place = first === undefined ? undefined : this.#order.add(first.dueMs, origin)
    if (first === undefined) this.#origins.delete(origin.name)
    else this.#origins.set(origin.name, origin)
  }
}
