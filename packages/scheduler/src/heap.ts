/** A binary heap: the first by `before` is at hand in one step, a changed first finds its place in log n. */
export class Heap<Item> {
  readonly #items: Item[]
  readonly #before: (a: Item, b: Item) => boolean

  constructor(items: readonly Item[], before: (a: Item, b: Item) => boolean) {
    this.#items = [...items]
    this.#before = before
    for (let index = (this.#items.length >> 1) - 1; index >= 0; index--) this.#sink(index)
  }

  get first(): Item | undefined {
    return this.#items[0]
  }

  /** The first item has changed. */
  firstChanged(): void {
    this.#sink(0)
  }

  removeFirst(): void {
    const last = this.#items.pop()
    if (last === undefined || this.#items.length === 0) return
    this.#items[0] = last
    this.#sink(0)
  }

  #sink(from: number): void {
    const items = this.#items
    for (let index = from; ;) {
      let least = index
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < items.length && this.#before(items[child]!, items[least]!)) least = child
      }
      if (least === index) return
      const moved = items[index]!
      items[index] = items[least]!
      items[least] = moved
      index = least
    }
  }
}
