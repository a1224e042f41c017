import type { CancelTimer, Clock, DeviceId, Incarnation, Logger } from '@netpulse/core'
import { isNetPulseError, toErrorData } from '@netpulse/core'
import type { Delivery, DeviceMailboxes, Lease, Leases, WorkerReport } from '@netpulse/queue'
import { JobOpener } from '../run/job-opener.js'
import type { JobRunner } from '../run/job-runner.js'
import type { DeviceSessions } from '../sessions/device-sessions.js'
import type { WorkerRecord } from './worker-record.js'

/** Pause before the mailbox is asked again after the store failed. */
const storePauseMs = 1_000

export interface PinnedWorkerOptions {
  readonly device: DeviceId
  /** The life of the node that the worker belongs to. */
  readonly incarnation: Incarnation
  readonly runner: JobRunner
  readonly mailboxes: Pick<DeviceMailboxes, 'take'>
  readonly leases: Pick<Leases, 'find' | 'release'>
  readonly clock: Clock
  readonly log: Logger
  readonly record: WorkerRecord
  /** The worker's sessions; `onGone` is called when one of them is gone by itself. */
  readonly sessions: (onGone: () => void) => DeviceSessions
  /** The worker has ended and holds nothing any more. `again`: work came in at the last moment. */
  readonly onEnd: (worker: PinnedWorker, again: boolean) => void
}

/**
 * The actor of one device: takes its jobs one by one, in order, and owns its sessions. Nobody else talks to the device.
 *
 * | state | event | next |
 * |---|---|---|
 * | working | the mailbox is empty, sessions are kept | resting, until work comes or the sessions have idled too long |
 * | working | the mailbox is empty, no session is kept | leaving |
 * | resting | work | working |
 * | resting | the last session was closed | leaving |
 * | leaving | the lease is released | ended |
 * | leaving | jobs came in | working |
 * | any | the lease is lost | every session is closed, ended |
 */
export class PinnedWorker {
  readonly device: DeviceId
  readonly #options: PinnedWorkerOptions
  readonly #sessions: DeviceSessions
  readonly #opener = new JobOpener()
  #lease: Lease | undefined
  #state: 'working' | 'resting' | 'ended' = 'resting'
  #again = false
  /** Its sessions are to be closed after the job that runs. */
  #retiring = false
  #draining = false
  #fenced = false
  #round: Promise<void> = Promise.resolve()
  #cancelTimer: CancelTimer | undefined
  #restingSinceMs: number

  constructor(options: PinnedWorkerOptions) {
    this.#options = options
    this.device = options.device
    this.#restingSinceMs = options.clock.monotonicMs()
    this.#sessions = options.sessions(() => this.wake())
  }

  /** When it began to rest; `undefined` while it works. */
  get restingSinceMs(): number | undefined {
    return this.#state === 'resting' ? this.#restingSinceMs : undefined
  }

  report(): WorkerReport {
    return this.#options.record.report()
  }

  /** There may be something to do. May be called at any time, often. */
  wake(): void {
    this.#again = true
    if (this.#state !== 'resting') return
    this.#state = 'working'
    this.#cancelTimer?.()
    this.#round = this.#work()
  }

  /** Closes its sessions and releases the device, unless work has come in. Resolves when that is done. */
  async evict(): Promise<void> {
    if (this.#state !== 'resting') return
    await this.#sessions.closeAll()
    this.wake()
    await this.#round
  }

  /** Closes its sessions, after the job that runs, and gives the device up when nothing waits: a worker that is ended. */
  async retire(): Promise<void> {
    if (this.#state === 'resting') return this.evict()
    this.#retiring = true
    await this.#round
  }

  /** Takes no further job; resolves when the running one has ended and every session is closed. */
  async drain(): Promise<void> {
    this.#draining = true
    this.wake()
    await this.#round
  }

  /** The node is not trusted any more: every session is closed at once, whatever runs on it. */
  async fence(): Promise<void> {
    this.#fenced = true
    this.#sessions.abandonAll()
    this.#draining = true
    await this.#sessions.closeAll()
    await this.drain()
  }

  async #work(): Promise<void> {
    try {
      for (let settled = false; !settled; settled = await this.#settle()) {
        this.#again = false
        await this.#takeAll()
      }
    } catch (error) {
      await this.#failed(error)
    }
  }

  async #takeAll(): Promise<void> {
    const { mailboxes, record } = this.#options
    const lease = await this.#ownLease()
    // Somebody released it in between: a new grant comes with its own wake-up.
    if (lease === undefined) return
    while (!this.#draining) {
      const delivery = await mailboxes.take(lease, record.name)
      // After the fence the job has a new owner, whatever was delivered before.
      if (delivery === undefined || this.#fenced) return
      await this.#run(delivery)
      if (this.#retiring) await this.#sessions.closeAll()
      this.#retiring = false
    }
  }

  /** Another node's lease gives no right to anything. */
  async #ownLease(): Promise<Lease | undefined> {
    const { leases, device, incarnation } = this.#options
    if (this.#lease !== undefined) return this.#lease
    const found = await leases.find(device)
    this.#lease = found?.incarnation === incarnation ? found : undefined
    return this.#lease
  }

  async #run(delivery: Delivery): Promise<void> {
    const { runner, record } = this.#options
    const { strategy } = delivery.job
    const lend = strategy === 'pinned' ? this.#sessions.lend : this.#sessions.lendOnce
    record.started(delivery.job.queue)
    record.ended(await runner.run(delivery, lend, this.#opener))
  }

  /** The mailbox is empty: rests while sessions are kept, leaves when none is. `false`: work has come in. */
  async #settle(): Promise<boolean> {
    if (this.#draining) return this.#end()
    if (this.#again) return false
    const dueMs = await this.#sessions.closeIdle()
    if (this.#again) return false
    if (dueMs !== undefined) return this.#rest(dueMs)
    if (this.#lease === undefined || (await this.#options.leases.release(this.#lease))) return this.#end()
    // Jobs came in, or wait for something (a held device, a retry that is not due): a wake-up comes.
    return this.#again ? false : this.#rest(undefined)
  }

  #rest(wakeAfterMs: number | undefined): true {
    const { clock } = this.#options
    this.#state = 'resting'
    this.#restingSinceMs = clock.monotonicMs()
    if (wakeAfterMs !== undefined) this.#cancelTimer = clock.setTimer(wakeAfterMs, () => this.wake())
    return true
  }

  async #failed(error: unknown): Promise<boolean> {
    if (isNetPulseError(error, 'LEASE_LOST') || this.#draining) return this.#end()
    const { log, device } = this.#options
    const stack = isNetPulseError(error) ? {} : { stack: String((error as Error).stack) }
    log.error({ device, code: toErrorData(error).code, ...stack }, 'A pinned worker could not take its next job.')
    return this.#rest(storePauseMs)
  }

  async #end(): Promise<true> {
    this.#cancelTimer?.()
    await this.#sessions.closeAll()
    this.#state = 'ended'
    this.#options.onEnd(this, this.#again)
    return true
  }
}
