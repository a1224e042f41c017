import type { JobEvent, JobId } from '@netpulse/core'
import type { EventQuery } from '../backend.js'
import type { StoredEvent } from './batch.js'
import type { EventTable } from './event-table.js'

/** Events that wait for one slow reader; more are dropped and read from the store when it comes for them. */
const longestBacklog = 1000
/** Events per read of the store. */
const pageSize = 500
/** Outputs that wait for one slow reader; the oldest are dropped. */
const longestOutput = 1000

/** An event that is told and not kept. */
type Output = Omit<JobEvent, 'sequence'>

/** Where one reader stands. */
class Reader {
  /** Key of the only job to follow. */
  readonly job: number | undefined
  #last: number
  #backlog: JobEvent[] = []
  /** `undefined`: none is wanted. */
  readonly #outputs: Output[] | undefined
  /** Whether the backlog continues where the reader stands; otherwise the store is read. */
  #live = false
  #closed = false
  #wake: (() => void) | undefined

  constructor(job: number | undefined, after: number, output: boolean) {
    this.job = job
    this.#last = after
    this.#outputs = output ? [] : undefined
  }

  tell(output: Output): void {
    if (this.#outputs === undefined) return
    this.#outputs.push(output)
    if (this.#outputs.length > longestOutput) this.#outputs.shift()
    this.#wake?.()
  }

  push(event: JobEvent): void {
    if (this.#live && event.sequence > this.#last) {
      this.#backlog.push(event)
      if (this.#backlog.length > longestBacklog) this.#fallBack()
    }
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  /** The next events; none: the reader was closed. */
  async next(table: EventTable): Promise<readonly JobEvent[]> {
    while (!this.#closed) {
      const events = this.#take(table)
      if (events.length > 0) {
        this.#last = events.at(-1)!.sequence
        return events
      }
      const outputs = this.#outputs?.splice(0) ?? []
      if (outputs.length > 0) return outputs.map((output) => ({ ...output, sequence: this.#last }))
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
    return []
  }

  /** The next events that are stored; none: there are no more, or the reader was closed. */
  stored(table: EventTable): readonly JobEvent[] {
    this.#fallBack()
    const page = this.#closed ? [] : table.after(this.#last, pageSize, this.job)
    this.#last = page.at(-1)?.sequence ?? this.#last
    return page
  }

  #take(table: EventTable): readonly JobEvent[] {
    if (!this.#live) {
      const page = table.after(this.#last, pageSize, this.job)
      // Nothing newer is committed: what is committed from here on comes by `push`.
      if (page.length === 0) this.#live = true
      return page
    }
    const backlog = this.#backlog
    this.#backlog = []
    return backlog
  }

  #fallBack(): void {
    this.#live = false
    this.#backlog = []
  }
}

/** Brings committed events to those who follow them. */
export class Events {
  readonly #all = new Set<Reader>()
  readonly #byJob = new Map<number, Set<Reader>>()

  /** Called with each commit. */
  publish(events: readonly StoredEvent[]): void {
    if (this.#all.size === 0 && this.#byJob.size === 0) return
    for (const { job, event } of events) {
      for (const reader of this.#all) reader.push(event)
      for (const reader of this.#byJob.get(job) ?? []) reader.push(event)
    }
  }

  /** Tells those who follow the job and want to hear it. */
  output(table: EventTable, output: Output): void {
    if (this.#byJob.size === 0) return
    const job = table.jobKey(output.jobId)
    for (const reader of (job === undefined ? undefined : this.#byJob.get(job)) ?? []) reader.tell(output)
  }

  async *follow(table: EventTable, query: EventQuery): AsyncGenerator<JobEvent, void, undefined> {
    const job = query.jobId === undefined ? undefined : table.jobKey(query.jobId)
    if (query.jobId !== undefined && job === undefined) return
    const { afterSequence = 0, output = false } = query
    const reader = new Reader(job, afterSequence === 'latest' ? table.latest() : afterSequence, output)
    const close = (): void => reader.close()
    const leave = this.#join(reader)
    query.signal.addEventListener('abort', close)
    if (query.signal.aborted) close()
    try {
      yield* eventsOf(reader, table, query.jobId)
    } finally {
      query.signal.removeEventListener('abort', close)
      leave()
    }
  }

  close(): void {
    for (const reader of [...this.#all, ...[...this.#byJob.values()].flatMap((readers) => [...readers])]) reader.close()
  }

  #join(reader: Reader): () => void {
    if (reader.job === undefined) {
      this.#all.add(reader)
      return () => this.#all.delete(reader)
    }
    const { job } = reader
    const readers = this.#byJob.get(job) ?? new Set()
    this.#byJob.set(job, readers.add(reader))
    return () => {
      readers.delete(reader)
      if (readers.size === 0) this.#byJob.delete(job)
    }
  }
}

async function* eventsOf(
  reader: Reader,
  table: EventTable,
  jobId: JobId | undefined,
): AsyncGenerator<JobEvent, void, undefined> {
  for (;;) {
    // Asked before the read, so that the read has the last event. An ended job whose last event was read before, or is
    // no longer kept, will never have another.
    const isOver = jobId !== undefined && table.isOver(jobId)
    const events = isOver ? reader.stored(table) : await reader.next(table)
    if (events.length === 0) return
    for (const event of events) {
      yield event
      if (jobId !== undefined && event.type === 'ended') return
    }
  }
}
