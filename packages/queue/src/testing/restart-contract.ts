import { asDeviceId } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { LostJobVerdict } from '../backend.js'
import type { OpenWorld } from './contract.js'
import { idsOf, lostError, nodeA, take, testSignal, unknownEnding } from './world.js'

const requeue = (): LostJobVerdict => ({ action: 'requeue' })

/** For backends whose store outlives the process. */
// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function restartContract(open: OpenWorld): void {
  it('finds every waiting job again, in order', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit(...Array.from({ length: 50 }, () => ({}))))
    const before = await world.get(ids[7]!)
    await world.reopen()
    expect(await world.get(ids[7]!)).toEqual(before)
    expect(await world.backend.leases.find(asDeviceId('r1'))).toBeUndefined()
    await world.node()
    await world.backend.nodes.reap(requeue, [nodeA])
    const later = await world.submitOne()
    expect(await world.drainDevice()).toEqual([...ids, later.id])
  })

  it('leaves jobs that had started to the reaper', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit({}, {}))
    const { claim } = await world.take()
    await world.backend.jobs.journal(claim, { phase: 'line_acked', line: 0 }, [answer])
    await world.reopen()
    expect(await world.get(ids[0]!)).toMatchObject({
      status: 'started',
      journal: { phase: 'line_acked', line: 0 },
      progress: [answer],
    })
    await expect(world.finish(claim)).rejects.toMatchObject({ code: 'STALE_CLAIM' })
    await world.node()
    const report = await world.backend.nodes.reap(requeue, [nodeA])
    expect(report).toEqual({ incarnations: 1, requeued: [ids[0]], ended: [], homeless: 0 })
    expect((await world.get(ids[0]!)).progress).toEqual([])
    expect(await world.drainDevice()).toEqual(ids)
  })

  it('grants higher tokens than before', async () => {
    const world = await open()
    await world.node()
    await world.submitOne()
    const { token } = await world.lease()
    await world.reopen()
    await world.node()
    await world.backend.nodes.reap(requeue, [nodeA])
    expect((await world.lease()).token).toBeGreaterThan(token)
  })

  it('keeps ended jobs, counts, holds and events, whose sequence goes on', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit({ kind: 'modification', tags: ['x'] }, { kind: 'modification' }))
    const ended = await world.finish((await world.take()).claim, unknownEnding)
    await world.reopen()
    expect(await world.get(ids[0]!)).toEqual(ended)
    expect(await world.backend.jobs.counts()).toMatchObject({ failed: 1, queued: 1 })
    expect(await world.backend.holds.list()).toMatchObject([{ device: 'r1', reason: 'contact lost' }])
    await world.node()
    await world.backend.nodes.reap(requeue, [nodeA])
    expect(await world.drainDevice()).toEqual([])
    const stream = world.backend.jobs.events({ signal: testSignal() })[Symbol.asyncIterator]()
    const kept = await take(stream, 4)
    await world.submitOne({ device: 'r2' })
    const [next] = await take(stream, 1)
    expect(next!.sequence).toBe(kept.at(-1)!.sequence + 1)
    expect((await world.backend.jobs.list({ tag: 'x' }, { limit: 1 })).items).toHaveLength(1)
  })

  it('keeps the order of a retry and its delay, and the deadlines', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit({}, {}, { device: 'r2', ttlSeconds: 20 }))
    await world.backend.jobs.retry((await world.take()).claim, 10_000, lostError)
    await world.reopen()
    await world.node()
    await world.backend.nodes.reap(requeue, [nodeA])
    expect(await world.tryTake()).toBeUndefined()
    await world.advance(10_000)
    expect(await world.drainDevice()).toEqual([ids[0], ids[1]])
    const end = world.ended(ids[2]!)
    await world.advance(10_000)
    expect(await end).toMatchObject({ status: 'expired' })
  })

  it('ends the retention of what ended before the restart', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne({ resultTtlSeconds: 60 })
    await world.drainDevice()
    await world.reopen()
    await world.advanceSilently(60_000)
    expect(await world.backend.jobs.find(id)).toBeUndefined()
  })
}

const answer = {
  command: 'interface x',
  stdout: '',
  stderr: '',
  exitStatus: 0,
  failure: null,
  metadata: { host: 'r1', durationSeconds: 0.1, sessionReused: false },
}
