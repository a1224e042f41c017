import type { TaskId } from '@netpulse/core'
import type { Page, PageRequest } from '../backend.js'
import { assertPageLimit, cursorOf, keyOf } from '../page.js'
import type { StoredTask, TaskFilter, TaskRecord, TaskRegistry } from '../tasks.js'
import type { Kernel } from './kernel.js'
import type { KernelSlot } from './kernel-slot.js'
import type { TaskBook } from './task-book.js'

/** The tasks of the in-process backend. */
export class InProcessTasks implements TaskRegistry {
  readonly #slot: KernelSlot

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  add(task: TaskRecord, dueInMs: number): Promise<boolean> {
    return this.#durable((book) => book.add(task, dueInMs))
  }

  find(id: TaskId): Promise<StoredTask | undefined> {
    return this.#durable((book) => book.find(id))
  }

  list(filter: TaskFilter, { limit, cursor }: PageRequest): Promise<Page<StoredTask>> {
    return this.#durable((book) => {
      assertPageLimit(limit)
      const below = cursor === undefined ? Number.MAX_SAFE_INTEGER : keyOf(cursor)
      const found = book.list(filter, below, limit + 1)
      const shown = found.slice(0, limit)
      const items = shown.map(({ stored }) => stored)
      return found.length > limit ? { items, nextCursor: cursorOf(shown.at(-1)!.order) } : { items }
    })
  }

  claim(most: number, forMs: number): Promise<readonly StoredTask[]> {
    return this.#durable((book) => book.claim(most, forMs))
  }

  save(stored: StoredTask, dueInMs?: number): Promise<StoredTask | undefined> {
    return this.#durable((book) => book.save(stored, dueInMs))
  }

  remove(id: TaskId): Promise<boolean> {
    return this.#durable((book) => book.remove(id))
  }

  onDue(listener: () => void): () => void {
    this.#kernel.assertOpen()
    return this.#kernel.tasks.listen(listener)
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  /** Memory knows first: whoever is told waits until it is stored too. */
  async #durable<Answer>(act: (book: TaskBook) => Answer): Promise<Answer> {
    this.#kernel.assertOpen()
    const answer = act(this.#kernel.tasks)
    await this.#kernel.commit.settled()
    return answer
  }
}
