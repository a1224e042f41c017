import type { DeviceId, Incarnation, JobId, JobKind, JobStatus } from '@netpulse/core'
import { jobStatuses } from '@netpulse/core'
import type { Lane } from '../lane.js'
import { DeviceLane } from './device-lane.js'
import { DueQueue } from './due-queue.js'
import { EntryList } from './entry-list.js'
import type { JobEntry } from './job-entry.js'

/** Records of waiting jobs that stay in memory; those of further ones are read from the store when they are taken. */
const longestCache = 20_000

/**
 * Jobs that have not ended, by everything that asks for them, so that no step looks at all jobs. A picture of the
 * store with the changes of the commits that are on their way.
 */
export class HotState {
  readonly active = new Map<JobId, JobEntry>()
  readonly running = new Map<Incarnation, Set<JobEntry>>()
  readonly devices = new Map<DeviceId, DeviceLane>()
  /** The `work` lane, without retries that are not yet due. */
  readonly work = new EntryList()
  readonly expiries = new DueQueue<JobEntry>()
  readonly retries = new DueQueue<JobEntry>()
  readonly counts = Object.fromEntries(jobStatuses.map((status) => [status, 0])) as Record<JobStatus, number>
  lastJob = 0
  lastEvent = 0
  oldestEvent = 1
  #cached = 0

  device(id: DeviceId): DeviceLane {
    let lane = this.devices.get(id)
    if (lane === undefined) {
      lane = new DeviceLane(id)
      this.devices.set(id, lane)
    }
    return lane
  }

  /** Drops what is kept of a device, when there is nothing to keep. */
  tidy(lane: DeviceLane): void {
    if (lane.isIdle) this.devices.delete(lane.device)
  }

  /** Puts a job in its lane: at the end, or in front, where it was taken from. */
  enterWaiting(entry: JobEntry, place: 'end' | 'front'): void {
    entry.expiry = this.expiries.add(entry.expiresAtMs, entry)
    if (entry.dueMs !== undefined) entry.retry = this.retries.add(entry.dueMs, entry)
    const lane = this.device(entry.deviceId)
    if (entry.lane === 'work') lane.waitingWork++
    // In the device's order a retry keeps its place and the later ones wait; in the `work` lane nobody waits for it.
    const list = entry.lane === 'device' ? lane.listOf(entry) : entry.dueMs === undefined ? this.work : undefined
    if (place === 'end') list?.append(entry)
    else list?.prepend(entry)
  }

  /** How many waiting jobs come before a waiting one. */
  positionOf(entry: JobEntry): number {
    if (entry.lane === 'device') return this.device(entry.deviceId).before(entry)
    return entry.list?.before(entry) ?? 0
  }

  /** How many waiting jobs come before one that would be submitted now. */
  positionOfNew(deviceId: DeviceId, kind: JobKind, lane: Lane): number {
    return lane === 'work' ? this.work.size : (this.devices.get(deviceId)?.beforeNew(kind) ?? 0)
  }

  leaveWaiting(entry: JobEntry): void {
    if (entry.expiry !== undefined) this.expiries.remove(entry.expiry)
    if (entry.retry !== undefined) this.retries.remove(entry.retry)
    entry.expiry = undefined
    entry.retry = undefined
    entry.dueMs = undefined
    entry.list?.remove(entry)
    this.#uncache(entry)
    const lane = this.device(entry.deviceId)
    if (entry.lane === 'work') lane.waitingWork--
    this.tidy(lane)
  }

  /** A delayed retry can be taken from here on. */
  fallDue(entry: JobEntry): void {
    entry.retry = undefined
    entry.dueMs = undefined
    if (entry.lane === 'work') this.work.prepend(entry)
  }

  enterRunning(entry: JobEntry): void {
    const { incarnation } = entry.holder!
    const entries = this.running.get(incarnation) ?? new Set()
    this.running.set(incarnation, entries.add(entry))
    if (entry.lane === 'device') this.device(entry.deviceId).running = entry
  }

  leaveRunning(entry: JobEntry): void {
    const entries = this.running.get(entry.holder!.incarnation)
    entries?.delete(entry)
    if (entries?.size === 0) this.running.delete(entry.holder!.incarnation)
    entry.holder = undefined
    entry.abort = undefined
    if (entry.lane === 'work') return
    const lane = this.device(entry.deviceId)
    lane.running = undefined
    this.tidy(lane)
  }

  /** Called when a waiting job's record is in the store: it stays in memory only while the cache has room. */
  keepOrDropRecord(entry: JobEntry): void {
    if (entry.status !== 'queued' || entry.cached === true) return
    if (this.#cached < longestCache) {
      entry.cached = true
      this.#cached++
    } else entry.record = undefined
  }

  #uncache(entry: JobEntry): void {
    if (entry.cached !== true) return
    entry.cached = false
    this.#cached--
  }
}
