import type { JobEvent } from '@netpulse/core'
import type { Findings, Traced, Violation } from './findings.js'

interface Moment {
  readonly traced: Traced
  readonly event: JobEvent
}

/** What happened to the jobs of each device's order, in order. Queries with a connection of their own have none. */
function momentsByDevice(jobs: readonly Traced[]): ReadonlyMap<string, readonly Moment[]> {
  const found = new Map<string, Moment[]>()
  for (const traced of jobs) {
    if (traced.job.type === 'fifo') continue
    const moments = traced.events.map((event) => ({ traced, event }))
    found.set(traced.job.host, [...(found.get(traced.job.host) ?? []), ...moments])
  }
  for (const moments of found.values()) moments.sort((a, b) => a.event.sequence - b.event.sequence)
  return found
}

/** One job of a device at a time, the oldest first; only a query may pass others, when the device is held. */
export function orderViolations(jobs: readonly Traced[]): readonly Violation[] {
  const found: Violation[] = []
  for (const moments of momentsByDevice(jobs).values()) {
    const waiting = new Set<Traced>()
    let running: Traced | undefined
    for (const { traced, event } of moments) {
      if (event.type === 'queued' || event.type === 'retrying') waiting.add(traced)
      if (event.type === 'started') {
        if (running !== undefined)
          found.push({ invariant: 'order', message: `${traced.name} started while ${running.name} ran` })
        const passed = firstOf(waiting, traced)
        if (passed !== undefined)
          found.push({ invariant: 'order', message: `${traced.name} started before ${passed.name}` })
        waiting.delete(traced)
        running = traced
      }
      if (event.type === 'ended') waiting.delete(traced)
      if ((event.type === 'ended' || event.type === 'retrying') && running === traced) running = undefined
    }
  }
  return found
}

const queuedAt = ({ events }: Traced): number => events[0]!.sequence

/** An older job of the same kind of lane position that waits. */
function firstOf(waiting: ReadonlySet<Traced>, started: Traced): Traced | undefined {
  const isQuery = started.job.type === 'query'
  return [...waiting].find((other) => queuedAt(other) < queuedAt(started) && (!isQuery || other.job.type === 'query'))
}

/** After an unknown outcome no modification of the device starts until somebody has released the hold. */
export function holdViolations(jobs: readonly Traced[], releases: Findings['releases']): readonly Violation[] {
  const found: Violation[] = []
  for (const [host, moments] of momentsByDevice(jobs)) {
    let heldSince: number | undefined
    for (const { traced, event } of moments) {
      const { sequence, type, data } = event
      if (
        heldSince !== undefined &&
        releases.some((one) => one.host === host && one.afterSequence < sequence && one.afterSequence >= heldSince!)
      )
        heldSince = undefined
      if (heldSince !== undefined && type === 'started' && traced.job.type !== 'query')
        found.push({ invariant: 'hold', message: `${traced.name} started on ${host}, whose state nobody knows` })
      if (type === 'ended' && (data as { readonly outcome?: string }).outcome === 'unknown') heldSince ??= sequence
    }
  }
  return found
}
