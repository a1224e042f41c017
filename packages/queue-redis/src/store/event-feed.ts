import type { JobEvent, JobId, JobRecord, JsonValue } from '@netpulse/core'
import { isFinal } from '@netpulse/core'
import type { EventQuery } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import type { Kernel } from './kernel.js'
import type { RecordFields } from './record-fields.js'
import { recordOf } from './record-fields.js'

/** Events per read. */
const pageSize = 500

/** An entry of the stream: id, then names and values in turns. */
type Entry = readonly [id: string, values: readonly string[]]

function eventOf([id, values]: Entry): JobEvent {
  const field = (name: string): string => values[values.indexOf(name) + 1]!
  return {
    jobId: field('j') as JobId,
    sequence: Number(id.slice(0, id.indexOf('-'))),
    at: new Date(Number(field('a'))),
    type: field('t') as JobEvent['type'],
    data: JSON.parse(values.at(-1)!) as JsonValue,
  }
}

/** Something happened: remembered until somebody asks. */
class Bell {
  #rung = false
  #wake: (() => void) | undefined

  readonly ring = (): void => {
    this.#rung = true
    this.#wake?.()
  }

  async wait(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#wake = undefined
    this.#rung = false
  }
}

/** Brings events to those who follow them, told by channel, read from the stream. */
export class EventFeed {
  readonly #kernel: Kernel

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** The job once it has ended; `undefined` when it is not there. @throws the signal's reason */
  async untilEnded(
    id: JobId,
    signal: AbortSignal,
    find: () => Promise<JobRecord | undefined>,
  ): Promise<JobRecord | undefined> {
    const bell = new Bell()
    let told: JobRecord | undefined
    const onMessage = (message: string): void => {
      if (!message.startsWith('ended')) return
      const fields = message.slice('ended '.length)
      if (fields !== '') told = recordOf(JSON.parse(fields) as RecordFields)
      bell.ring()
    }
    const leave = await this.#listen(`e:${id}`, bell, signal, onMessage)
    try {
      for (;;) {
        const record = told ?? (await find())
        if (record === undefined || isFinal(record.status)) return record
        await bell.wait()
        signal.throwIfAborted()
        this.#assertOpen()
      }
    } finally {
      leave()
    }
  }

  async *follow(query: EventQuery): AsyncGenerator<JobEvent, void, undefined> {
    const { jobId, signal } = query
    if (signal.aborted) return
    const bell = new Bell()
    const leave = await this.#listen(jobId === undefined ? 'ev' : `e:${jobId}`, bell, signal, bell.ring)
    try {
      for await (const event of this.#read(query, bell)) {
        if (signal.aborted) return
        yield event
      }
    } finally {
      leave()
    }
  }

  async *#read(
    { jobId, afterSequence = 0, signal }: EventQuery,
    bell: Bell,
  ): AsyncGenerator<JobEvent, void, undefined> {
    for (let last = afterSequence; !signal.aborted && this.#kernel.isOpen;) {
      const { events, isOver } = jobId === undefined ? await this.#page(last) : await this.#jobPage(jobId, last)
      yield* events
      last = events.at(-1)?.sequence ?? last
      if (isOver) return
      if (events.length < pageSize) await bell.wait()
    }
  }

  async #page(after: number): Promise<{ readonly events: readonly JobEvent[]; readonly isOver: boolean }> {
    const { commands } = this.#kernel.connections
    const read = commands.xrange(this.#kernel.key('ev'), `${after + 1}-0`, '+', 'COUNT', pageSize)
    return { events: ((await this.#kernel.ask(read)) as readonly Entry[]).map(eventOf), isOver: false }
  }

  async #jobPage(
    id: JobId,
    after: number,
  ): Promise<{ readonly events: readonly JobEvent[]; readonly isOver: boolean }> {
    const answer = await this.#kernel.run('jobEvents', id, after, pageSize)
    const [over, ...entries] = answer as readonly [number, ...Entry[]]
    return { events: entries.map(eventOf), isOver: over === 1 }
  }

  /** Listens; rings when messages may have been missed, for the signal, and when the backend stops. */
  async #listen(
    channel: string,
    bell: Bell,
    signal: AbortSignal,
    onMessage: (message: string) => void,
  ): Promise<() => void> {
    const { channels, connections } = this.#kernel
    const unlisten = await this.#kernel.ask(channels.listen(channel, onMessage))
    const unclose = this.#kernel.onClose(bell.ring)
    const unreconnect = connections.onReconnect(bell.ring)
    signal.addEventListener('abort', bell.ring)
    if (signal.aborted) bell.ring()
    return () => {
      signal.removeEventListener('abort', bell.ring)
      unreconnect()
      unclose()
      unlisten()
    }
  }

  #assertOpen(): void {
    if (!this.#kernel.isOpen) throw queueError('STORE_UNAVAILABLE', 'The queue backend was stopped.')
  }
}
