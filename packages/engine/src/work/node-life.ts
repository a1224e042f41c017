import type { CancelTimer, Clock, Incarnation, JsonObject, Logger, NetPulseError } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { Delivery, NodeInfo, QueueBackend, Running } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import type { LendSession } from '../sessions/lent-session.js'
import { JobOpener } from '../run/job-opener.js'
import type { JobRunner } from '../run/job-runner.js'
import { commandOf } from './node-command.js'
import type { NodeTimes } from './node-times.js'
import type { MakePinnedWorker } from './pinned-workers.js'
import { PinnedWorkers } from './pinned-workers.js'
import type { ReaperOptions } from './reaper.js'
import { Reaper } from './reaper.js'
import { fifoWorkerName, nodeWorkerName } from './worker-names.js'
import { WorkerRecord } from './worker-record.js'

export interface NodeLifeOptions {
  readonly info: NodeInfo
  readonly backend: QueueBackend
  readonly runner: JobRunner
  readonly placement: ReaperOptions['placement']
  readonly makePinnedWorker: MakePinnedWorker
  readonly lendOnce: LendSession
  /** Jobs that run at once over connections of their own; 0: this node has no FIFO worker. */
  readonly concurrency: number
  readonly decideLostJob: ReaperOptions['decideLostJob']
  readonly makeRoom: ReaperOptions['makeRoom']
  readonly times: NodeTimes
  readonly clock: Clock
  readonly log: Logger
  /** Every session is closed: the backend does not trust this incarnation any more. */
  readonly onFenced: () => void
  /** Somebody ended the node's own worker: the process is to end. */
  readonly onEndRequested: () => void
}

/** One incarnation of the node: registers, heartbeats, runs the FIFO worker and makes Pinned workers on demand. */
export class NodeLife {
  readonly #options: NodeLifeOptions
  readonly #pinned: PinnedWorkers
  readonly #node: WorkerRecord
  readonly #fifo: WorkerRecord
  readonly #reaper: Reaper
  #consuming: Running | undefined
  #commands: Running | undefined
  #unlisten: () => void = () => undefined
  #cancelBeat: CancelTimer = () => undefined
  #cancelFence: CancelTimer = () => undefined
  /** When its last good heartbeat was sent; before it is registered it is not trusted. */
  #beatAtMs = -Infinity
  #ended = false

  constructor(options: NodeLifeOptions) {
    const { info, times, backend } = options
    const { hostname, startedAt, node } = info
    this.#options = options
    this.#pinned = new PinnedWorkers(options.makePinnedWorker, info.incarnation)
    this.#node = new WorkerRecord({ name: nodeWorkerName(node), type: 'node', queue: `NodeQ_${hostname}`, startedAt })
    this.#fifo = new WorkerRecord({ name: fifoWorkerName(node), type: 'fifo', queue: 'FifoQ', startedAt })
    this.#reaper = new Reaper({ ...options, nodes: backend.nodes, reapMs: times.reapMs })
  }

  get pinned(): PinnedWorkers {
    return this.#pinned
  }

  /** Whether its last heartbeat is young enough that no other node can have its devices. */
  get isTrusted(): boolean {
    return !this.#ended && this.#options.clock.monotonicMs() - this.#beatAtMs <= this.#options.times.fenceMs
  }

  /** Whether it was fenced or has left: it does nothing more. */
  get hasEnded(): boolean {
    return this.#ended
  }

  async start(): Promise<void> {
    try {
      await this.#start()
    } catch (error) {
      this.#end()
      // What was begun must not go on beside the next try.
      await Promise.all([this.#consuming?.drain(), this.#commands?.drain()])
      throw error
    }
  }

  async #start(): Promise<void> {
    const { backend, info, clock } = this.#options
    const { incarnation } = info
    const sinceMs = clock.monotonicMs()
    await backend.nodes.register(info, () => this.#reports())
    this.#trusted(sinceMs)
    this.#planBeat()
    // Listens first: what the reaping brings must not be missed.
    this.#unlisten = backend.mailboxes.onWork(incarnation, this.#pinned.wake)
    await this.#reaper.start()
    this.#pinned.wakeAll(await backend.leases.heldBy(incarnation))
    this.#commands = await backend.commands.consume(info.node, this.#obey)
    await this.#consume()
    // What the first heartbeat would report stands in the registry from the start.
    await backend.nodes.heartbeat(incarnation)
  }

  async #consume(): Promise<void> {
    const { backend, info, concurrency } = this.#options
    if (concurrency === 0 || this.#ended) return
    const { node, incarnation } = info
    this.#consuming = await backend.work.consume({ node, incarnation, worker: this.#fifo.name, concurrency }, this.#run)
  }

  #reports() {
    const fifo = this.#consuming === undefined ? [] : [this.#fifo.report()]
    return [this.#node.report(), ...fifo, ...this.#pinned.reports()]
  }

  /** Takes no further device and no further job; resolves when every running one has ended. */
  async drain(): Promise<void> {
    const { backend, info, log } = this.#options
    await backend.nodes.drain(info.incarnation).catch((error: unknown) => {
      // What is still given to this node moves on when it leaves, or when its time is over.
      log.warn({ code: toErrorData(error).code }, 'The others could not be told that this node drains.')
    })
    await Promise.all([this.#pinned.drain(), this.#consuming?.drain(), this.#commands?.drain()])
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
    this.#cancelFence()
    this.#reaper.stop()
    this.#unlisten()
  }

  readonly #run = async (delivery: Delivery): Promise<void> => {
    const { runner, lendOnce } = this.#options
    this.#fifo.started(delivery.job.queue)
    this.#fifo.ended(await runner.run(delivery, lendOnce, new JobOpener()))
  }

  readonly #obey = async (json: JsonObject): Promise<void> => {
    const command = commandOf(json)
    if (command?.type === 'make_room') return this.#pinned.evict(command.count)
    if (command?.type !== 'end_worker') return
    if (command.name === this.#node.name) return this.#options.onEndRequested()
    if (command.name !== this.#fifo.name) return this.#pinned.endWorker(command.name)
    await this.#consuming?.drain()
    this.#consuming = undefined
  }

  #planBeat(): void {
    const { clock, times } = this.#options
    if (!this.#ended) this.#cancelBeat = clock.setTimer(times.heartbeatMs, () => void this.#beat())
  }

  async #beat(): Promise<void> {
    const { clock, backend, info, log } = this.#options
    const sinceMs = clock.monotonicMs()
    // A process that was stopped for a while learns it here, before it asks anybody.
    if (!this.isTrusted) return this.#fence()
    try {
      if (!(await backend.nodes.heartbeat(info.incarnation))) return await this.#fence()
      this.#trusted(sinceMs)
    } catch (error) {
      log.warn({ code: toErrorData(error).code }, 'The heartbeat of this node could not be renewed.')
    }
    this.#planBeat()
  }

  /** From the moment at which the heartbeat was sent. The fence needs no answer of anybody. */
  #trusted(sinceMs: number): void {
    const { clock, times } = this.#options
    if (this.#ended) return
    this.#beatAtMs = sinceMs
    this.#cancelFence()
    const leftMs = Math.max(0, times.fenceMs - (clock.monotonicMs() - sinceMs))
    this.#cancelFence = clock.setTimer(leftMs, () => void this.#fence())
  }

  async #fence(): Promise<void> {
    if (this.#ended) return
    const { runner, log, info, onFenced } = this.#options
    this.#end()
    log.warn(
      { node: info.node, incarnation: info.incarnation },
      'This node is not trusted any more: it closes its sessions.',
    )
    // Connections are cut before anybody is told to stop: who stops would say so to the device.
    const fenced = this.#pinned.fence()
    runner.stopAll(leaseLost(info.incarnation))
    await Promise.all([fenced, this.#consuming?.drain(), this.#commands?.drain()])
    onFenced()
  }
}

const leaseLost = (incarnation: Incarnation): NetPulseError =>
  queueError('LEASE_LOST', `Incarnation ${incarnation} of this node is not trusted any more.`)
