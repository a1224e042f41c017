import type { DeviceId } from '@netpulse/core'
import type { DeviceHold } from '../backend.js'
import { EntryList } from './entry-list.js'
import type { JobEntry } from './job-entry.js'

/** Entries that were submitted earlier; a list of a device is in the order of the submits. */
function countBelow(list: EntryList, seq: number): number {
  let count = 0
  for (let entry = list.first; entry !== undefined && entry.seq < seq; entry = entry.after) count++
  return count
}

/** What memory keeps of a device that has waiting or running jobs, or is held. */
export class DeviceLane {
  readonly device: DeviceId
  /** Waiting in the device's order. Kept apart because a hold stops only the others. */
  readonly queries = new EntryList()
  readonly others = new EntryList()
  /** Waiting in the `work` lane. */
  waitingWork = 0
  /** Started in the device's order. */
  running: JobEntry | undefined
  hold: DeviceHold | undefined

  constructor(device: DeviceId) {
    this.device = device
  }

  /** Jobs that wait in the device's order. */
  get waiting(): number {
    return this.queries.size + this.others.size
  }

  get isIdle(): boolean {
    return this.waiting + this.waitingWork === 0 && this.running === undefined && this.hold === undefined
  }

  listOf(entry: JobEntry): EntryList {
    return entry.kind === 'query' ? this.queries : this.others
  }

  /** Waiting jobs that come before a new one of this kind. */
  beforeNew(kind: JobEntry['kind']): number {
    return this.#passesOthers(kind) ? this.queries.size : this.waiting
  }

  /** Waiting jobs that come before a waiting one. Looks at those of this device only. */
  before({ seq, kind }: JobEntry): number {
    const others = this.#passesOthers(kind) ? 0 : countBelow(this.others, seq)
    return countBelow(this.queries, seq) + others
  }

  #passesOthers(kind: JobEntry['kind']): boolean {
    return kind === 'query' && this.hold !== undefined
  }

  /** The job whose turn it is: the oldest that no hold stops. It may be a retry that is not yet due. */
  next(): JobEntry | undefined {
    const query = this.queries.first
    const other = this.hold === undefined ? this.others.first : undefined
    if (query === undefined || other === undefined) return query ?? other
    return query.seq < other.seq ? query : other
  }
}
