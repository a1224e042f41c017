import type { CancelTimer, Clock, Incarnation, JobRecord, Logger, NetPulseError } from '@netpulse/core'
import { isNetPulseError, toErrorData } from '@netpulse/core'
import type { Delivery, LostJobVerdict, NodeInfo, QueueBackend, Running } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import type { LendSession } from '../sessions/lent-session.js'
import { JobOpener } from '../run/job-opener.js'
import type { JobRunner } from '../run/job-runner.js'
import type { Placement } from '../submit/placement.js'
import type { MakePinnedWorker } from './pinned-workers.js'
import { PinnedWorkers } from './pinned-workers.js'
import { WorkerRecord } from './worker-record.js'

/** Times of one node's life. */
export interface NodeTimes {
  readonly heartbeatMs: number
  /** A node that could not renew its heartbeat for this long closes its sessions, before another may have its devices. */
  readonly fenceMs: number
  readonly reapMs: number
}

export interface NodeLifeOptions {
  readonly info: NodeInfo
  readonly backend: QueueBackend
  readonly runner: JobRunner
  readonly placement: Placement
  readonly makePinnedWorker: MakePinnedWorker
  readonly lendOnce: LendSession
  /** Jobs that run at once over connections of their own. */
  readonly concurrency: number
  readonly decideLostJob: (job: JobRecord) => LostJobVerdict
  readonly times: NodeTimes
  readonly clock: Clock
  readonly log: Logger
  /** Every session is closed: the backend does not trust this incarnation any more. */
  readonly onFenced: () => void
}

/** One incarnation of the node: registers, heartbeats, runs the FIFO worker and makes Pinned workers on demand. */
export class NodeLife {
  readonly #options: NodeLifeOptions
  readonly #pinned: PinnedWorkers
  readonly #node: WorkerRecord
  readonly #fifo: WorkerRecord
  #running: Running | undefined
  #unlisten: () => void = () => undefined
  #cancelBeat: CancelTimer = () => undefined
  #cancelReap: CancelTimer = () => undefined
  #beatAtMs: number
  #ended = false

  constructor(options: NodeLifeOptions) {
    const { hostname, startedAt } = options.info
    this.#options = options
    this.#pinned = new PinnedWorkers(options.makePinnedWorker, options.info.incarnation)
    this.#node = new WorkerRecord({ name: `node@${hostname}`, type: 'node', queue: `NodeQ_${hostname}`, startedAt })
    this.#fifo = new WorkerRecord({ name: `fifo@${hostname}`, type: 'fifo', queue: 'FifoQ', startedAt })
    this.#beatAtMs = options.clock.monotonicMs()
  }

  get pinned(): PinnedWorkers {
    return this.#pinned
  }

  /** Whether its last heartbeat is young enough that no other node can have its devices. */
  get isTrusted(): boolean {
    return this.#options.clock.monotonicMs() - this.#beatAtMs <= this.#options.times.fenceMs
  }

  async start(): Promise<void> {
    try {
      await this.#start()
    } catch (error) {
      this.#end()
      throw error
    }
  }

  async #start(): Promise<void> {
    const { backend, info, concurrency } = this.#options
    const { node, incarnation } = info
    await backend.nodes.register(info, () => [this.#node.report(), this.#fifo.report(), ...this.#pinned.reports()])
    this.#beatAtMs = this.#options.clock.monotonicMs()
    // Listens first: what the reaping brings must not be missed.
    this.#unlisten = backend.mailboxes.onWork(incarnation, this.#pinned.wake)
    await this.#reap()
    this.#pinned.wakeAll(await backend.leases.heldBy(incarnation))
    const consumer = { node, incarnation, worker: this.#fifo.name, concurrency }
    this.#running = await backend.work.consume(consumer, this.#consume)
    this.#planBeat()
    this.#planReap()
  }

  /** Takes no further job; resolves when every running one has ended. */
  async drain(): Promise<void> {
    await Promise.all([this.#pinned.drain(), this.#running?.drain()])
  }

  /** Leaves in peace, after a drain. */
  async leave(): Promise<void> {
    this.#end()
    await this.#options.backend.nodes.unregister(this.#options.info.incarnation)
  }

  /** Ends timers and listeners. Idempotent. */
  #end(): void {
    this.#ended = true
    this.#cancelBeat()
    this.#cancelReap()
    this.#unlisten()
  }

  readonly #consume = async (delivery: Delivery): Promise<void> => {
    const { runner, lendOnce } = this.#options
    this.#fifo.started(delivery.job.queue)
    this.#fifo.ended(await runner.run(delivery, lendOnce, new JobOpener()))
  }

  #planBeat(): void {
    const { clock, times } = this.#options
    this.#cancelBeat = clock.setTimer(times.heartbeatMs, () => void this.#beat())
  }

  async #beat(): Promise<void> {
    const { clock, backend, info, log } = this.#options
    const sinceMs = clock.monotonicMs()
    // A process that was stopped for a while learns it here, before it asks anybody.
    if (!this.isTrusted) return this.#fence()
    try {
      if (!(await backend.nodes.heartbeat(info.incarnation))) return await this.#fence()
      this.#beatAtMs = sinceMs
    } catch (error) {
      log.warn({ code: toErrorData(error).code }, 'The heartbeat of this node could not be renewed.')
    }
    if (!this.#ended) this.#planBeat()
  }

  async #fence(): Promise<void> {
    if (this.#ended) return
    const { runner, log, info, onFenced } = this.#options
    this.#end()
    log.warn(
      { node: info.node, incarnation: info.incarnation },
      'This node is not trusted any more: it closes its sessions.',
    )
    runner.stopAll(leaseLost(info.incarnation))
    await Promise.all([this.#pinned.fence(), this.#running?.drain()])
    onFenced()
  }

  #planReap(): void {
    const { clock, times } = this.#options
    this.#cancelReap = clock.setTimer(times.reapMs, () => void this.#reapAgain())
  }

  async #reapAgain(): Promise<void> {
    try {
      await this.#reap()
    } catch (error) {
      const bug = isNetPulseError(error) ? {} : { stack: String((error as Error).stack) }
      this.#options.log.warn(
        { code: toErrorData(error).code, ...bug },
        'The jobs of lost nodes could not be looked at.',
      )
    }
    if (!this.#ended) this.#planReap()
  }

  async #reap(): Promise<void> {
    const { backend, placement, decideLostJob, log } = this.#options
    const { incarnations, requeued, ended } = await backend.nodes.reap(decideLostJob, await placement.ranked())
    if (requeued.length + ended.length > 0)
      log.warn({ incarnations, requeued: requeued.length, ended: ended.length }, 'Jobs of a lost node were taken over.')
  }
}

const leaseLost = (incarnation: Incarnation): NetPulseError =>
  queueError('LEASE_LOST', `Incarnation ${incarnation} of this node is not trusted any more.`)
