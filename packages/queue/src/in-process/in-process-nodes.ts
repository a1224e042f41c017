import type { Incarnation, JobId, JobRecord, NodeId } from '@netpulse/core'
import type {
  LostJobVerdict,
  NodeInfo,
  NodeRegistry,
  NodeRoom,
  NodeState,
  ReapReport,
  WorkerReport,
} from '../backend.js'
import { toErrorData } from '@netpulse/core'
import { queueError } from '../errors.js'
import { attemptsUsedEnding } from '../lost-job.js'
import type { JobEntry } from './job-entry.js'
import type { Kernel } from './kernel.js'
import type { KernelSlot } from './kernel-slot.js'

/** Nodes of the in-process backend: those of this process, and what earlier processes left behind. */
export class InProcessNodes implements NodeRegistry {
  readonly #slot: KernelSlot

  constructor(slot: KernelSlot) {
    this.#slot = slot
  }

  get #kernel(): Kernel {
    return this.#slot.kernel
  }

  async register(info: NodeInfo, report: () => readonly WorkerReport[]): Promise<void> {
    this.#kernel.assertOpen()
    this.#kernel.lives.register(info, report)
  }

  async heartbeat(incarnation: Incarnation): Promise<boolean> {
    return !this.#kernel.isClosed && this.#kernel.lives.beat(incarnation)
  }

  async drain(incarnation: Incarnation): Promise<void> {
    this.#kernel.assertOpen()
    const life = this.#kernel.lives.find(incarnation)
    if (life !== undefined) life.draining = true
  }

  async unregister(incarnation: Incarnation): Promise<void> {
    this.#kernel.assertOpen()
    this.#kernel.lives.end(incarnation)
  }

  async list(): Promise<readonly NodeState[]> {
    this.#kernel.assertOpen()
    return this.#kernel.lives.list()
  }

  async rooms(): Promise<readonly NodeRoom[]> {
    this.#kernel.assertOpen()
    return this.#kernel.lives.rooms()
  }

  async reap(decide: (job: JobRecord) => LostJobVerdict, nodes: readonly NodeId[]): Promise<ReapReport> {
    const kernel = this.#kernel
    kernel.assertOpen()
    const lost = this.#lostJobs()
    const dead = new Set([...kernel.lives.takeFenced(), ...lost.map((entry) => entry.holder!.incarnation)])
    const requeued: JobId[] = []
    const ended: JobId[] = []
    for (const entry of lost) (this.#apply(entry, decide) === 'queued' ? requeued : ended).push(entry.id)
    kernel.armTimers()
    const homeless = this.#adopt(nodes)
    await kernel.commit.settled()
    return { incarnations: dead.size, requeued, ended, homeless }
  }

  /** Oldest first, so that their events are in the order of their jobs. */
  #lostJobs(): readonly JobEntry[] {
    const { state, lives, abandoned } = this.#kernel
    const lost = [...state.running]
      .filter(([incarnation]) => lives.find(incarnation) === undefined)
      .flatMap(([, entries]) => [...entries])
    for (const [id, attempt] of abandoned) {
      const entry = state.active.get(id)
      if (entry?.status === 'started' && entry.attempt === attempt && !lost.includes(entry)) lost.push(entry)
    }
    abandoned.clear()
    return lost.sort((a, b) => a.seq - b.seq)
  }

  #apply(entry: JobEntry, decide: (job: JobRecord) => LostJobVerdict): JobEntry['status'] {
    const { moves, state } = this.#kernel
    const reason = queueError('LEASE_LOST', `The node that ran job ${entry.id} was lost.`)
    entry.abort?.abort(reason)
    const verdict = decide(moves.recordOf(entry))
    if (verdict.action === 'end') moves.end(entry, verdict.ending)
    else if (entry.attempt < entry.maxAttempts) moves.requeue(entry, 0, toErrorData(reason))
    else moves.end(entry, attemptsUsedEnding(entry))
    if (entry.lane === 'device' && state.devices.has(entry.deviceId)) this.#kernel.lives.orphans.add(entry.deviceId)
    this.#kernel.wakeLane(entry)
    return entry.status
  }

  /** Finds holders for devices that have waiting jobs and lost theirs. Answers how many found none. */
  #adopt(nodes: readonly NodeId[]): number {
    const { state, lives } = this.#kernel
    let homeless = 0
    for (const device of [...lives.orphans]) {
      const isWaiting = (state.devices.get(device)?.waiting ?? 0) > 0
      if (!isWaiting || lives.leaseOf(device) !== undefined) {
        lives.orphans.delete(device)
        continue
      }
      if (lives.grant(device, lives.byRoom(nodes)) === undefined) homeless++
      else this.#kernel.wakeDevice(device)
    }
    return homeless
  }
}
