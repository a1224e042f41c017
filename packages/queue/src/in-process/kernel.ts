import type { Clock, JobId, Logger } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { Claim, Lease } from '../backend.js'
import { jobNotFound, queueError } from '../errors.js'
import { AuditBook } from './audit-book.js'
import type { Batch } from './batch.js'
import type { Database } from './database.js'
import { Alarm } from './due-queue.js'
import { EndedWaiters } from './ended-waiters.js'
import { EventTable } from './event-table.js'
import { Events } from './events.js'
import { GroupCommit } from './group-commit.js'
import { HoldTable } from './hold-table.js'
import { HotState } from './hot-state.js'
import type { JobEntry } from './job-entry.js'
import { JobTable } from './job-table.js'
import type { Life } from './lives.js'
import { Lives } from './lives.js'
import { Moves } from './moves.js'
import type { InProcessSettings } from './options.js'
import { OutboxBook } from './outbox-book.js'
import { loadState } from './recovery.js'
import { TaskBook } from './task-book.js'
import { Wakes } from './wakes.js'

/** Where the backend stands. */
type Phase = 'open' | 'recovering' | 'closed'

/** What all parts of the in-process backend share: the store, memory's picture of it, and who waits for what. */
export class Kernel {
  readonly settings: InProcessSettings
  readonly clock: Clock
  readonly log: Logger
  readonly db: Database
  readonly jobs: JobTable
  readonly eventTable: EventTable
  readonly holds: HoldTable
  readonly commit: GroupCommit
  readonly events = new Events()
  readonly endedWaiters = new EndedWaiters()
  readonly lives: Lives
  readonly moves: Moves
  readonly wakes: Wakes
  readonly outbox: OutboxBook
  readonly audit: AuditBook
  readonly tasks: TaskBook
  /** Rings when a job expires or a retry falls due; see `Housekeeping`. */
  readonly alarm: Alarm
  readonly purgeAlarm: Alarm
  /** Rings when a webhook delivery falls due. */
  readonly #dueAlarm: Alarm
  readonly #dueListeners = new Set<() => void>()
  /** What ends each delivery's signal, until the end of its attempt is durable: a failed write may bring the attempt back. */
  readonly deliveries = new Map<JobId, { readonly attempt: number; readonly abort: AbortController }>()
  /** Running jobs, by their attempt, whose handler gave up while the store failed: the reaper takes them for lost. */
  readonly abandoned = new Map<JobId, number>()
  state = new HotState()
  #phase: Phase = 'open'

  constructor(settings: InProcessSettings, db: Database, rings: { due(): void; purge(): void; work(): void }) {
    this.settings = settings
    this.clock = settings.clock
    this.log = settings.logger
    this.db = db
    this.jobs = new JobTable(db)
    this.eventTable = new EventTable(db)
    this.holds = new HoldTable(db, () => this.batch)
    this.commit = new GroupCommit(db, {
      committed: (batch) => this.#committed(batch),
      failed: (error) => this.#failed(error),
    })
    this.lives = new Lives(this.clock, settings.leaseTtlMs, (life) => this.#fenced(life))
    this.moves = new Moves(this)
    this.wakes = new Wakes(() => rings.work())
    this.alarm = new Alarm(this.clock, () => rings.due())
    this.purgeAlarm = new Alarm(this.clock, () => rings.purge())
    this.#dueAlarm = new Alarm(this.clock, () => this.#tellDue())
    this.outbox = new OutboxBook({
      db,
      limits: settings.outbox,
      batch: () => this.batch,
      due: (atMs) => this.#dueAt(atMs),
      purge: (atMs) => this.purgeAlarm.set(atMs),
      jobOf: (seq) => this.jobs.findKey(seq),
    })
    this.audit = new AuditBook({ db, limits: settings.audit, clock: settings.clock, batch: () => this.batch })
    this.tasks = new TaskBook(db, () => this.batch, this.clock)
  }

  get batch(): Batch {
    return this.commit.batch
  }

  now(): Date {
    return this.clock.now()
  }

  get isOpen(): boolean {
    return this.#phase === 'open'
  }

  get isClosed(): boolean {
    return this.#phase === 'closed'
  }

  /** @throws STORE_UNAVAILABLE */
  assertOpen(): void {
    if (this.#phase === 'open') return
    const why = this.#phase === 'closed' ? 'is closed' : 'is being read again after a failed write; try again'
    throw queueError('STORE_UNAVAILABLE', `The job store ${why}.`)
  }

  /** Reads the store into memory. */
  async load(): Promise<void> {
    this.state = await loadState(this)
    this.outbox.load()
    this.audit.load()
    this.tasks.load()
    for (const lane of this.state.devices.values()) {
      if (lane.waiting > 0 && this.lives.leaseOf(lane.device) === undefined) this.lives.orphans.add(lane.device)
    }
    this.armTimers()
    this.purgeAlarm.set(this.jobs.nextPurge())
  }

  /** Calls the listener when a webhook delivery may be due, for the first time at once. */
  listenDue(listener: () => void): () => void {
    this.#dueListeners.add(listener)
    queueMicrotask(() => {
      if (this.#dueListeners.has(listener)) listener()
    })
    return () => this.#dueListeners.delete(listener)
  }

  /** Sets the alarm for what expires or falls due next. */
  armTimers(): void {
    this.alarm.set(this.state.expiries.first?.dueMs)
    this.alarm.set(this.state.retries.first?.dueMs)
  }

  /** The running job of a claim. @throws STALE_CLAIM */
  claimed(claim: Claim): JobEntry {
    const entry = this.findClaimed(claim)
    if (entry !== undefined) return entry
    throw queueError('STALE_CLAIM', `Attempt ${claim.attempt} of job ${claim.jobId} is not the one that runs now.`)
  }

  findClaimed(claim: Claim): JobEntry | undefined {
    const entry = this.state.active.get(claim.jobId)
    const isOwn =
      entry?.status === 'started' &&
      entry.attempt === claim.attempt &&
      entry.holder?.incarnation === claim.incarnation &&
      entry.holder.token === claim.token
    return isOwn && this.lives.find(claim.incarnation) !== undefined ? entry : undefined
  }

  /** Ends a waiting job whose time is over. `false`: it may still be taken. */
  expireWhenDue(entry: JobEntry): boolean {
    if (entry.expiresAtMs > this.now().getTime()) return false
    this.moves.end(entry, { status: 'expired', outcome: 'expired', result: { results: [] } })
    this.wakeLane(entry)
    return true
  }

  /** The lease, when it is still the device's. @throws LEASE_LOST */
  assertHeld(lease: Lease): void {
    if (this.lives.isCurrent(lease)) return
    throw queueError('LEASE_LOST', `Node ${lease.node} does not hold device ${lease.device} any more.`)
  }

  /** Tells the device's holder that there may be something to take. */
  wakeDevice(device: JobEntry['deviceId']): void {
    const lease = this.lives.leaseOf(device)
    if (lease !== undefined) this.wakes.device(device, lease.incarnation)
  }

  /** Called after a job left or entered the way of others. */
  wakeLane(entry: JobEntry): void {
    if (entry.lane === 'work') this.wakes.work()
    else this.wakeDevice(entry.deviceId)
  }

  async close(): Promise<void> {
    this.#phase = 'closed'
    this.alarm.clear()
    this.purgeAlarm.clear()
    this.#dueAlarm.clear()
    this.audit.close()
    this.#dueListeners.clear()
    this.tasks.close()
    this.lives.stop()
    this.wakes.close()
    await this.commit.idle()
    this.#abortRunning()
    this.events.close()
    this.endedWaiters.close(queueError('STORE_UNAVAILABLE', 'The job store was closed.'))
    await this.db.close()
  }

  /** Without a listener nobody needs to know: who comes later looks first. */
  #dueAt(atMs: number): void {
    if (this.#dueListeners.size === 0 || !this.isOpen) return
    if (atMs <= this.now().getTime()) this.#tellDue()
    else this.#dueAlarm.set(atMs)
  }

  #tellDue(): void {
    for (const listener of [...this.#dueListeners]) listener()
  }

  #committed(batch: Batch): void {
    for (const entry of batch.entries) if (!this.commit.isPending(entry.id)) this.state.keepOrDropRecord(entry)
    this.events.publish(batch.events)
    this.endedWaiters.publish(batch.ended)
    this.#trimEvents()
    this.audit.trim()
  }

  /** Keeps the log bounded, a few events per commit. */
  #trimEvents(): void {
    const { state } = this
    const excess = state.lastEvent - state.oldestEvent + 1 - this.settings.maxEvents
    if (excess < this.settings.maxEvents / 20) return
    state.oldestEvent += Math.min(excess, longestTrim)
    this.batch.statement(`DELETE FROM event WHERE seq < ${state.oldestEvent}`)
  }

  /** Memory is ahead of the store: it is made anew. Deliveries that nobody has seen yet were refused with their commit. */
  #failed(error: Error): void {
    if (this.#phase === 'closed') return
    this.#phase = 'recovering'
    this.log.error({ error: toErrorData(error).message }, 'A write to the job store failed; reading it again.')
    void this.#recover()
  }

  async #recover(): Promise<void> {
    try {
      await this.load()
    } catch (error) {
      if (this.isClosed) return
      this.log.error({ error: toErrorData(error).message }, 'The job store cannot be read; trying again.')
      this.clock.setTimer(recoverAgainMs, () => void this.#recover())
      return
    }
    this.#findDeliveries()
    this.#recheckWaiters()
    if (this.#phase === 'recovering') this.#phase = 'open'
    this.#tellDue()
    for (const lane of this.state.devices.values()) this.wakeDevice(lane.device)
    this.wakes.work()
  }

  /** The attempts that run have their deliveries; all others were refused with their commit, unseen. */
  #findDeliveries(): void {
    for (const [id, { attempt, abort }] of this.deliveries) {
      const entry = this.state.active.get(id)
      if (entry?.status === 'started' && entry.attempt === attempt) entry.abort = abort
      else this.deliveries.delete(id)
    }
  }

  /** Some wait for jobs whose submit failed. */
  #recheckWaiters(): void {
    for (const id of this.endedWaiters.ids) {
      if (this.state.active.has(id)) continue
      const record = this.jobs.findStored(id)
      if (record === undefined) this.endedWaiters.refuse(id, jobNotFound(id))
      else this.endedWaiters.publish([record])
    }
  }

  #fenced({ info }: Life): void {
    const reason = queueError('LEASE_LOST', `Node ${info.node} lost its lease; its jobs go to the next holder.`)
    for (const entry of this.state.running.get(info.incarnation) ?? []) entry.abort?.abort(reason)
  }

  #abortRunning(): void {
    const reason = queueError('LEASE_LOST', 'The queue backend was stopped.')
    for (const entries of this.state.running.values()) for (const entry of entries) entry.abort?.abort(reason)
  }
}

/** Events that one commit deletes. */
const longestTrim = 5000
/** Between two tries to read a store that failed. */
const recoverAgainMs = 1000
