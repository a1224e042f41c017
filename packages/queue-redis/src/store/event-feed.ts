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

interface Page {
  readonly events: readonly JobEvent[]
  /** No event of the job will follow. */
  readonly isOver: boolean
}

/** Outputs that wait for one slow reader; the oldest are dropped. */
const longestOutput = 1000

/** What is told of a running job, and kept nowhere. */
export type PassingEvent = Extract<JobEvent['type'], 'output' | 'progress'>

/** The same on its channel. */
export interface PassingMessage {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly type: PassingEvent
  readonly data: JsonValue
}

/** What the device of a job says, as far as it is not yet read. */
class Outputs {
  readonly #jobId: JobId | undefined
  readonly #ring: () => void
  #waiting: Omit<JobEvent, 'sequence'>[] = []

  constructor(jobId: JobId | undefined, ring: () => void) {
    this.#jobId = jobId
    this.#ring = ring
  }

  readonly add = (message: string): void => {
    if (this.#jobId === undefined) return
    const { at, type, data } = JSON.parse(message) as PassingMessage
    this.#waiting.push({ jobId: this.#jobId, at: new Date(at), type, data })
    if (this.#waiting.length > longestOutput) this.#waiting.shift()
    this.#ring()
  }

  take(): readonly Omit<JobEvent, 'sequence'>[] {
    return this.#waiting.splice(0)
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
    const output = query.output === true && jobId !== undefined
    if (signal.aborted) return
    const bell = new Bell()
    const outputs = new Outputs(jobId, bell.ring)
    const leaves = [await this.#listen(jobId === undefined ? 'ev' : `e:${jobId}`, bell, signal, bell.ring)]
    try {
      if (output) leaves.push(await this.#kernel.ask(this.#kernel.channels.listen(`o:${jobId}`, outputs.add)))
      yield* this.#read(query, bell, outputs)
    } finally {
      for (const leave of leaves) leave()
    }
  }

  async *#read(query: EventQuery, bell: Bell, outputs: Outputs): AsyncGenerator<JobEvent, void, undefined> {
    const { jobId, afterSequence = 0, signal } = query
    let last = afterSequence === 'latest' ? await this.#latest() : afterSequence
    while (!signal.aborted && this.#kernel.isOpen) {
      const { events, isOver } = await this.#page(jobId, last)
      for (const event of events) {
        if (signal.aborted) return
        yield event
      }
      last = events.at(-1)?.sequence ?? last
      if (isOver) return
      if (events.length === pageSize) continue
      for (const output of outputs.take()) yield { ...output, sequence: last }
      await bell.wait()
    }
  }

  async #latest(): Promise<number> {
    const { commands } = this.#kernel.connections
    return Number((await this.#kernel.ask(commands.get(this.#kernel.key('eseq')))) ?? 0)
  }

  #page(jobId: JobId | undefined, after: number): Promise<Page> {
    return jobId === undefined ? this.#pageOfAll(after) : this.#pageOfJob(jobId, after)
  }

  async #pageOfAll(after: number): Promise<Page> {
    const { commands } = this.#kernel.connections
    const read = commands.xrange(this.#kernel.key('ev'), `${after + 1}-0`, '+', 'COUNT', pageSize)
    return { events: ((await this.#kernel.ask(read)) as readonly Entry[]).map(eventOf), isOver: false }
  }

  async #pageOfJob(id: JobId, after: number): Promise<Page> {
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
