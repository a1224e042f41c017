/** What a handler was called with, and a promise for the nth call. */
export class Recorder<Item> {
  readonly items: Item[] = []
  #check = (): void => undefined

  add(item: Item): void {
    this.items.push(item)
    this.#check()
  }

  /** All items, once there are as many. */
  count(wanted: number): Promise<readonly Item[]> {
    return new Promise((resolve) => {
      this.#check = () => {
        if (this.items.length >= wanted) resolve(this.items)
      }
      this.#check()
    })
  }
}

/** A promise that a test resolves. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}
