import { asDeviceId, newJobId } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Due } from '../../src/in-process/due-queue.js'
import { Alarm, DueQueue } from '../../src/in-process/due-queue.js'
import { EntryList } from '../../src/in-process/entry-list.js'
import type { JobEntry } from '../../src/in-process/job-entry.js'

const entry = (seq: number): JobEntry => ({
  seq,
  id: newJobId(),
  deviceId: asDeviceId('r1'),
  kind: 'query',
  lane: 'device',
  expiresAtMs: 0,
  maxAttempts: 1,
  isErrand: false,
  status: 'queued',
  attempt: 0,
  record: undefined,
  answers: 0,
})

function seqsOf(list: EntryList): readonly number[] {
  const seqs: number[] = []
  for (let at = list.first; at !== undefined; at = at.after) seqs.push(at.seq)
  return seqs
}

describe('EntryList', () => {
  it('keeps the order of an array under appends, prepends and removals anywhere', () => {
    const step = fc.oneof(
      fc.constant({ act: 'append' } as const),
      fc.constant({ act: 'prepend' } as const),
      fc.record({ act: fc.constant('remove' as const), at: fc.nat(20) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const list = new EntryList()
        const model: JobEntry[] = []
        for (const [seq, next] of steps.entries()) {
          if (next.act === 'remove') {
            const [gone] = model.splice(next.at % Math.max(1, model.length), 1)
            if (gone !== undefined) list.remove(gone)
          } else if (next.act === 'append') {
            model.push(entry(seq))
            list.append(model.at(-1)!)
          } else {
            model.unshift(entry(seq))
            list.prepend(model[0]!)
          }
          expect(seqsOf(list)).toEqual(model.map((item) => item.seq))
          expect(list.size).toBe(model.length)
        }
      }),
    )
  })
})

describe('DueQueue', () => {
  it('gives what is due in order of time, whatever was taken out before', () => {
    const items = fc.array(fc.record({ dueMs: fc.nat(50), isRemoved: fc.boolean() }), { maxLength: 80 })
    fc.assert(
      fc.property(items, fc.nat(60), (all, nowMs) => {
        const queue = new DueQueue<number>()
        const handles: Due<number>[] = all.map(({ dueMs }) => queue.add(dueMs, dueMs))
        all.forEach(({ isRemoved }, index) => isRemoved && queue.remove(handles[index]!))
        all.forEach(({ isRemoved }, index) => isRemoved && queue.remove(handles[index]!))
        const given: number[] = []
        for (let item = queue.takeDue(nowMs); item !== undefined; item = queue.takeDue(nowMs)) given.push(item)
        const kept = all.filter(({ isRemoved }) => !isRemoved).map(({ dueMs }) => dueMs)
        const sorted = kept.sort((a, b) => a - b)
        expect(given).toEqual(sorted.filter((dueMs) => dueMs <= nowMs))
        expect(queue.first?.dueMs).toBe(sorted.find((dueMs) => dueMs > nowMs))
      }),
    )
  })
})

describe('Alarm', () => {
  it('rings once, at the earliest time that was set', async () => {
    const clock = new FakeClock()
    const rings: number[] = []
    const alarm = new Alarm(clock, () => rings.push(clock.monotonicMs()))
    const at = (ms: number) => new Date('2026-01-01T00:00:00Z').getTime() + ms
    for (const ms of [500, 200, 900]) alarm.set(at(ms))
    alarm.set(undefined)
    expect(clock.pendingTimers).toBe(1)
    await clock.advance(1000)
    expect(rings).toEqual([200])
    alarm.set(at(100))
    await clock.advance(0)
    expect(rings).toEqual([200, 1000])
    alarm.set(at(2000))
    alarm.clear()
    expect(clock.pendingTimers).toBe(0)
  })
})
