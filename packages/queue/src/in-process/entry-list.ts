import type { JobEntry } from './job-entry.js'

/** Waiting jobs in order. Any job leaves in one step; the links are in the entries. */
export class EntryList {
  #first: JobEntry | undefined
  #last: JobEntry | undefined
  #size = 0

  get first(): JobEntry | undefined {
    return this.#first
  }

  get size(): number {
    return this.#size
  }

  append(entry: JobEntry): void {
    this.#join(this.#last, entry)
    this.#join(entry, undefined)
    this.#enter(entry)
  }

  prepend(entry: JobEntry): void {
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
  }

  #enter(entry: JobEntry): void {
    entry.list = this
    this.#size++
  }

  #join(before: JobEntry | undefined, after: JobEntry | undefined): void {
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
  }
}
