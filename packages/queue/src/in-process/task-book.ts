import type { Clock, TaskId } from '@netpulse/core'
import { taskOfText, taskText } from '../task-text.js'
import type { StoredTask, TaskFilter, TaskRecord } from '../tasks.js'
import type { Batch } from './batch.js'
import type { Database } from './database.js'
import type { Due } from './due-queue.js'
import { Alarm, DueQueue } from './due-queue.js'
import { literal, tuple } from './sql-text.js'

interface Entry {
  task: TaskRecord
  revision: number
  /** The order in which it was put in. */
  readonly order: number
  dueMs: number
  due: Due<Entry> | undefined
}

/** A task with its place in the order of all. */
export interface OrderedTask {
  readonly order: number
  readonly stored: StoredTask
}

const storedOf = ({ task, revision }: Entry): StoredTask => ({ task, revision })

/** Every task, in memory and in the open batch at once. */
export class TaskBook {
  readonly #db: Database
  readonly #batch: () => Batch
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #listeners = new Set<() => void>()
  #entries = new Map<TaskId, Entry>()
  #dues = new DueQueue<Entry>()
  #lastOrder = 0

  constructor(db: Database, batch: () => Batch, clock: Clock) {
    this.#db = db
    this.#batch = batch
    this.#clock = clock
    this.#alarm = new Alarm(clock, () => this.#tell())
  }

  /** Reads the table into memory. */
  load(): void {
    this.#entries = new Map()
    this.#dues = new DueQueue()
    for (const row of this.#db.read('SELECT * FROM task ORDER BY n')) {
      const task = taskOfText(String(row['body']))
      const order = Number(row['n'])
      this.#enter({ task, revision: Number(row['revision']), order, dueMs: 0, due: undefined }, Number(row['due']))
      this.#lastOrder = Math.max(this.#lastOrder, order)
    }
    this.#tell()
  }

  close(): void {
    this.#alarm.clear()
    this.#listeners.clear()
  }

  add(task: TaskRecord, dueInMs: number): boolean {
    if (this.#entries.has(task.id)) return false
    const entry: Entry = { task, revision: 1, order: ++this.#lastOrder, dueMs: 0, due: undefined }
    const dueMs = this.#nowMs() + dueInMs
    this.#enter(entry, dueMs)
    this.#batch().statement(`INSERT INTO task VALUES${tuple([task.id, entry.order, 1, dueMs, taskText(task)])}`)
    this.#tellLater(dueMs)
    return true
  }

  find(id: TaskId): StoredTask | undefined {
    const entry = this.#entries.get(id)
    return entry && storedOf(entry)
  }

  /** Those that fit below an order, newest first. */
  list({ status, deviceId }: TaskFilter, below: number, limit: number): readonly OrderedTask[] {
    return [...this.#entries.values()]
      .reverse()
      .filter(({ order }) => order < below)
      .filter(({ task }) => status === undefined || task.status === status)
      .filter(({ task }) => deviceId === undefined || task.device.id === deviceId)
      .slice(0, limit)
      .map((entry) => ({ order: entry.order, stored: storedOf(entry) }))
  }

  claim(most: number, forMs: number): readonly StoredTask[] {
    const claimed: StoredTask[] = []
    for (let entry = this.#takeDue(most, 0); entry !== undefined; entry = this.#takeDue(most, claimed.length)) {
      this.#change(entry, entry.task, this.#nowMs() + forMs)
      claimed.push(storedOf(entry))
    }
    this.#alarm.set(this.#dues.first?.dueMs)
    return claimed
  }

  save({ task, revision }: StoredTask, dueInMs?: number): StoredTask | undefined {
    const entry = this.#entries.get(task.id)
    if (entry?.revision !== revision) return undefined
    const dueMs = dueInMs === undefined ? entry.dueMs : this.#nowMs() + dueInMs
    this.#change(entry, task, dueMs)
    this.#tellLater(dueMs)
    return storedOf(entry)
  }

  remove(id: TaskId): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined) return false
    this.#entries.delete(id)
    if (entry.due !== undefined) this.#dues.remove(entry.due)
    this.#batch().statement(`DELETE FROM task WHERE id=${literal(id)}`)
    return true
  }

  /** Calls the listener when a task may be due, for the first time at once. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    queueMicrotask(() => {
      if (this.#listeners.has(listener)) listener()
    })
    return () => this.#listeners.delete(listener)
  }

  #takeDue(most: number, taken: number): Entry | undefined {
    return taken < most ? this.#dues.takeDue(this.#nowMs()) : undefined
  }

  #change(entry: Entry, task: TaskRecord, dueMs: number): void {
    if (entry.due !== undefined) this.#dues.remove(entry.due)
    entry.task = task
    entry.revision++
    this.#setDue(entry, dueMs)
    const body = literal(taskText(task))
    this.#batch().statement(
      `UPDATE task SET revision=${entry.revision},due=${dueMs},body=${body} WHERE id=${literal(task.id)}`,
    )
  }

  #setDue(entry: Entry, dueMs: number): void {
    entry.dueMs = dueMs
    entry.due = this.#dues.add(dueMs, entry)
  }

  #enter(entry: Entry, dueMs: number): void {
    this.#setDue(entry, dueMs)
    this.#entries.set(entry.task.id, entry)
  }

  /** Nobody may see it before it is stored. */
  #tellLater(dueMs: number): void {
    this.#batch().afterCommit(() => {
      if (this.#listeners.size === 0) return
      if (dueMs <= this.#nowMs()) this.#tell()
      else this.#alarm.set(dueMs)
    })
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #nowMs(): number {
    return this.#clock.now().getTime()
  }
}
