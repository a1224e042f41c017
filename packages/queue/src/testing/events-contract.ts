import type { JobEvent } from '@netpulse/core'
import { newJobId } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { OpenWorld } from './contract.js'
import { idsOf, take, testSignal } from './world.js'

const sequencesOf = (events: readonly JobEvent[]): readonly number[] => events.map(({ sequence }) => sequence)

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function eventsContract(open: OpenWorld): void {
  it('gives the kept events, then live ones, in order and without a gap', async () => {
    const world = await open()
    await world.node()
    const before = idsOf(await world.submit({}, {}))
    const stream = world.backend.jobs.events({ signal: testSignal() })[Symbol.asyncIterator]()
    const kept = await take(stream, 2)
    const next = take(stream, 5)
    const later = await world.submitOne()
    expect(await world.drainDevice()).toEqual([...before, later.id])
    const events = [...kept, ...(await next), ...(await take(stream, 2))]
    expect(events.map(({ type, jobId }) => [type, jobId])).toEqual([
      ...[...before, later.id].map((id) => ['queued', id]),
      ...[...before, later.id].flatMap((id) => [
        ['started', id],
        ['ended', id],
      ]),
    ])
    const sequences = sequencesOf(events)
    expect(sequences).toEqual(sequences.map((_, index) => sequences[0]! + index))
    await stream.return?.()
  })

  it('resumes after a sequence', async () => {
    const world = await open()
    await world.node()
    await world.submit({}, {}, {})
    await world.drainDevice()
    const signal = testSignal()
    const all = await take(world.backend.jobs.events({ signal })[Symbol.asyncIterator](), 9)
    const afterSequence = all[3]!.sequence
    const rest = await take(world.backend.jobs.events({ signal, afterSequence })[Symbol.asyncIterator](), 5)
    expect(rest).toEqual(all.slice(4))
  })

  it('gives the events of one job and ends by itself', async () => {
    const world = await open()
    await world.node()
    const [, second] = await world.submit({}, {})
    const stream = world.eventsOf(second!.id)
    await world.drainDevice()
    const events = await stream
    expect(events.map(({ type }) => type)).toEqual(['queued', 'started', 'ended'])
    expect(events.every(({ jobId }) => jobId === second!.id)).toBe(true)
    expect(events[0]).toMatchObject({ data: { queue: second!.queue } })
    expect(events[2]).toMatchObject({ data: { status: 'finished', outcome: 'succeeded' }, at: world.now() })
    expect(await world.eventsOf(second!.id)).toEqual(events)
    const afterSequence = events[2]!.sequence
    const rest = world.backend.jobs.events({ jobId: second!.id, afterSequence, signal: testSignal() })
    expect(await take(rest[Symbol.asyncIterator](), 1)).toEqual([])
  })

  it('has nothing to tell of an unknown job', async () => {
    const world = await open()
    expect(await world.eventsOf(newJobId())).toEqual([])
  })

  it('begins with what happens from now on when asked to', async () => {
    const world = await open()
    await world.node()
    const before = await world.submitOne()
    expect(await world.drainDevice()).toEqual([before.id])
    const stream = world.backend.jobs.events({ afterSequence: 'latest', signal: testSignal() })[Symbol.asyncIterator]()
    let first: JobEvent | undefined
    const heard = take(stream, 1).then(([event]) => (first = event))
    // When it began nobody can say, so that there is something new until it has.
    const later: string[] = []
    while (first === undefined) later.push((await world.submitOne()).id)
    await heard
    expect(first.type).toBe('queued')
    expect(later).toContain(first.jobId)
    await stream.return?.()
  })

  it('tells what a device says to those who follow its job and want to hear it, and keeps it nowhere', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne()
    const { jobs } = world.backend
    const signal = testSignal()
    const listener = jobs.events({ jobId: id, output: true, signal })[Symbol.asyncIterator]()
    const other = world.eventsOf(id)
    const [queued] = await take(listener, 1)
    const heard = take(listener, 1)
    jobs.output(id, 1, 'one\n')
    expect(await heard).toEqual([
      {
        jobId: id,
        sequence: queued!.sequence,
        at: expect.any(Date),
        type: 'output',
        data: { attempt: 1, text: 'one\n' },
      },
    ])
    const copied = take(listener, 1)
    jobs.progress(id, 1, { transferredBytes: 10, totalBytes: 20 })
    const data = { attempt: 1, transferredBytes: 10, totalBytes: 20 }
    expect(await copied).toMatchObject([{ jobId: id, sequence: queued!.sequence, type: 'progress', data }])
    const rest = take(listener, 2)
    await world.drainDevice()
    expect((await rest).map(({ type }) => type)).toEqual(['started', 'ended'])
    expect((await other).map(({ type }) => type)).toEqual(['queued', 'started', 'ended'])
    expect((await world.eventsOf(id)).map(({ type }) => type)).toEqual(['queued', 'started', 'ended'])
  })

  it('ends with its signal', async () => {
    const world = await open()
    const controller = new AbortController()
    const stream = world.backend.jobs.events({ signal: controller.signal })[Symbol.asyncIterator]()
    const next = stream.next()
    controller.abort()
    expect(await next).toMatchObject({ done: true })
    const late = world.backend.jobs.events({ signal: controller.signal })[Symbol.asyncIterator]()
    expect(await late.next()).toMatchObject({ done: true })
  })

  it('loses nothing for a reader that is slower than the jobs', async () => {
    const world = await open()
    await world.node()
    await world.submitOne({ device: 'first' })
    const stream = world.backend.jobs.events({ signal: testSignal() })[Symbol.asyncIterator]()
    const first = (await take(stream, 1))[0]!
    // Live from here on, but nobody reads.
    const second = take(stream, 1)
    for (let round = 0; round < 5; round++) {
      await world.submit(...Array.from({ length: 200 }, () => ({})))
      await world.drainDevice()
    }
    const events = [first, ...(await second), ...(await take(stream, 2999))]
    expect(sequencesOf(events)).toEqual(events.map((_, index) => first.sequence + index))
    const fresh = take(stream, 1)
    await world.submitOne({ device: 'last' })
    expect((await fresh)[0]).toMatchObject({ type: 'queued', sequence: first.sequence + 3001 })
  })

  it('serves many readers at once', async () => {
    const world = await open()
    await world.node()
    const jobs = await world.submit(...Array.from({ length: 20 }, () => ({})))
    const readers = jobs.flatMap(({ id }) => [world.eventsOf(id), world.eventsOf(id)])
    await world.drainDevice()
    for (const events of await Promise.all(readers)) {
      expect(events.map(({ type }) => type)).toEqual(['queued', 'started', 'ended'])
    }
  })
}
