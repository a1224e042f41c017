import type { JobEntry } from './job-entry.js'

/** Places that are counted together: a position is found by a sum over blocks and a walk within one. */
const blockSize = 512

const blockOf = (entry: JobEntry): number => Math.floor(entry.place! / blockSize)

/** Waiting jobs in order. Any job leaves in one step; the links are in the entries. */
export class EntryList {
  /** Entries by block of places; empty blocks are not kept. */
  readonly #blocks = new Map<number, number>()
  #first: JobEntry | undefined
  #last: JobEntry | undefined
  #size = 0

  get first(): JobEntry | undefined {
    return this.#first
  }

  get size(): number {
    return this.#size
  }

  /** How many entries come before one of this list. */
  before(entry: JobEntry): number {
    const block = blockOf(entry)
    let count = 0
    for (let one = entry.before; one !== undefined && blockOf(one) === block; one = one.before) count++
    for (let one = blockOf(this.#first!); one < block; one++) count += this.#blocks.get(one) ?? 0
    return count
  }

  append(entry: JobEntry): void {
    entry.place = (this.#last?.place ?? 0) + 1
    this.#join(this.#last, entry)
    this.#join(entry, undefined)
    this.#enter(entry)
  }

  prepend(entry: JobEntry): void {
    entry.place = (this.#first?.place ?? 0) - 1
    this.#join(entry, this.#first)
    this.#join(undefined, entry)
    this.#enter(entry)
  }

  remove(entry: JobEntry): void {
    this.#join(entry.before, entry.after)
    entry.before = undefined
    entry.after = undefined
    entry.list = undefined
    this.#size--
    this.#count(entry, -1)
  }

  #enter(entry: JobEntry): void {
    entry.list = this
    this.#size++
    this.#count(entry, 1)
  }

  #count(entry: JobEntry, by: 1 | -1): void {
    const block = blockOf(entry)
    const count = (this.#blocks.get(block) ?? 0) + by
    if (count === 0) this.#blocks.delete(block)
    else this.#blocks.set(block, count)
  }

  #join(before: JobEntry | undefined, after: JobEntry | undefined): void {
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
  }
}
