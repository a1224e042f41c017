import type { CancelTimer, Clock } from '@netpulse/core'

/** An item's place in a `DueQueue`. */
export interface Due<Item> {
  readonly dueMs: number
  readonly item: Item
  /** Position in the heap; -1 once it is out. */
  index: number
}

/** Items by the time they fall due, earliest first: a binary heap from which any item can be taken. */
export class DueQueue<Item> {
  readonly #heap: Due<Item>[] = []

  get first(): Due<Item> | undefined {
    return this.#heap[0]
  }

  add(dueMs: number, item: Item): Due<Item> {
    const due = { dueMs, item, index: this.#heap.length }
    this.#heap.push(due)
    this.#up(due)
    return due
  }

  /** Harmless when the item is out already. */
  remove(due: Due<Item>): void {
    const { index } = due
    if (index < 0) return
    const last = this.#heap.pop()!
    due.index = -1
    if (last === due) return
    this.#put(last, index)
    this.#up(last)
    this.#down(last)
  }

  /** Takes the earliest item when it is due. */
  takeDue(nowMs: number): Item | undefined {
    const { first } = this
    if (first === undefined || first.dueMs > nowMs) return undefined
    this.remove(first)
    return first.item
  }

  #put(due: Due<Item>, index: number): void {
    this.#heap[index] = due
    due.index = index
  }

  #up(due: Due<Item>): void {
    while (due.index > 0) {
      const parent = this.#heap[(due.index - 1) >> 1]!
      if (parent.dueMs <= due.dueMs) return
      const { index } = parent
      this.#put(parent, due.index)
      this.#put(due, index)
    }
  }

  #down(due: Due<Item>): void {
    for (;;) {
      const left = this.#heap[due.index * 2 + 1]
      const right = this.#heap[due.index * 2 + 2]
      const child = right !== undefined && right.dueMs < left!.dueMs ? right : left
      if (child === undefined || child.dueMs >= due.dueMs) return
      const { index } = child
      this.#put(child, due.index)
      this.#put(due, index)
    }
  }
}

/** One timer for the earliest of many instants. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #atMs = Infinity
  #cancel: CancelTimer | undefined

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at `atMs` (wall time, milliseconds since 1970) at the latest; an earlier ring that is set stays. */
  set(atMs: number | undefined): void {
    if (atMs === undefined || atMs >= this.#atMs) return
    this.#cancel?.()
    this.#atMs = atMs
    this.#cancel = this.#clock.setTimer(Math.max(0, atMs - this.#clock.now().getTime()), () => {
      this.#atMs = Infinity
      this.#ring()
    })
  }

  clear(): void {
    this.#cancel?.()
    this.#atMs = Infinity
  }
}
