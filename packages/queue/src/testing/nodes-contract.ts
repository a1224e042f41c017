import type { JobRecord } from '@netpulse/core'
import { asDeviceId } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { LostJobVerdict } from '../backend.js'
import type { OpenWorld } from './contract.js'
import { aborted, generousLimits, idsOf, lostError, nodeA, nodeB, success, testSignal, unknownEnding } from './world.js'

const requeue = (): LostJobVerdict => ({ action: 'requeue' })
const endUnknown = (): LostJobVerdict => ({ action: 'end', ending: unknownEnding })

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function nodesContract(open: OpenWorld): void {
  it('lists the nodes that live, with what they report', async () => {
    const world = await open()
    const { incarnation } = await world.node(nodeA, 7)
    await world.submitOne()
    const [state, ...others] = await world.backend.nodes.list()
    expect(others).toEqual([])
    const expected = { node: nodeA, incarnation, hostname: nodeA, pid: 1, capacity: 7, pinned: 1, workers: [] }
    expect(state).toMatchObject({ ...expected, lastHeartbeatAt: world.now() })
    await world.backend.nodes.unregister(incarnation)
    expect(await world.backend.nodes.list()).toEqual([])
  })

  it('trusts an incarnation while its heartbeat is alive', async () => {
    const world = await open()
    const node = await world.node()
    await world.submitOne()
    const { claim, signal } = await world.take()
    await world.advance(generousLimits.leaseTtlMs * 3)
    expect(await world.backend.nodes.heartbeat(node.incarnation)).toBe(true)
    expect(signal.aborted).toBe(false)
    await world.finish(claim)
  })

  it('fences an incarnation that fell silent: no write, no take, its deliveries are aborted', async () => {
    const world = await open()
    const node = await world.node()
    await world.submit({}, {})
    const lease = await world.lease()
    const { claim, signal } = await world.take()
    world.silence(node)
    await world.advanceSilently(generousLimits.leaseTtlMs + 1)
    expect(await aborted(signal)).toMatchObject({ code: 'LEASE_LOST' })
    expect(await world.backend.nodes.heartbeat(node.incarnation)).toBe(false)
    await expect(world.finish(claim)).rejects.toMatchObject({ code: 'STALE_CLAIM' })
    await expect(world.backend.mailboxes.take(lease, 'w')).rejects.toMatchObject({ code: 'LEASE_LOST' })
    expect(await world.backend.leases.find(lease.device)).toBeUndefined()
    expect(await world.backend.leases.heldBy(node.incarnation)).toEqual([])
    expect(await world.backend.nodes.list()).toEqual([])
  })

  it('takes an earlier incarnation of a node for dead when a new one registers', async () => {
    const world = await open()
    const before = await world.node()
    await world.submitOne()
    const { claim, signal } = await world.take()
    await world.node()
    expect(await aborted(signal)).toMatchObject({ code: 'LEASE_LOST' })
    expect(await world.backend.nodes.heartbeat(before.incarnation)).toBe(false)
    await expect(world.finish(claim)).rejects.toMatchObject({ code: 'STALE_CLAIM' })
    expect(await world.backend.nodes.list()).toHaveLength(1)
  })

  it('moves the waiting jobs of a node that left to the next holder, in order', async () => {
    const world = await open()
    const before = await world.node(nodeA)
    const ids = idsOf(await world.submit({}, { kind: 'modification' }, {}))
    const { token } = await world.lease()
    await world.backend.nodes.unregister(before.incarnation)
    const next = await world.node(nodeB)
    const work = world.nextWork(next)
    const report = await world.backend.nodes.reap(requeue, [nodeA, nodeB])
    expect(report).toMatchObject({ requeued: [], ended: [], homeless: 0 })
    expect(await work).toBe('r1')
    const lease = await world.lease()
    expect(lease).toMatchObject({ node: nodeB, incarnation: next.incarnation })
    expect(lease.token).toBeGreaterThan(token)
    expect(await world.drainDevice()).toEqual(ids)
  })

  it('lets a submit find the next holder too', async () => {
    const world = await open()
    const before = await world.node(nodeA)
    const first = await world.submitOne()
    await world.backend.nodes.unregister(before.incarnation)
    await world.node(nodeB)
    const second = world.job()
    await world.offer([second], [nodeB])
    expect(await world.drainDevice()).toEqual([first.id, second.id])
  })

  it('leaves waiting jobs in order while no node has room', async () => {
    const world = await open()
    const before = await world.node(nodeA)
    const { id } = await world.submitOne()
    await world.backend.nodes.unregister(before.incarnation)
    await world.node(nodeB, 0)
    expect(await world.backend.nodes.reap(requeue, [nodeB])).toMatchObject({ homeless: 1 })
    expect(await world.backend.leases.find(asDeviceId('r1'))).toBeUndefined()
    await world.node(nodeA)
    expect(await world.backend.nodes.reap(requeue, [nodeB, nodeA])).toMatchObject({ homeless: 0 })
    expect(await world.drainDevice()).toEqual([id])
  })

  it('asks for a verdict on each started job of a dead incarnation, and puts it back at the head', async () => {
    const world = await open()
    const node = await world.node()
    const ids = idsOf(await world.submit({ kind: 'modification' }, {}, { device: 'r2' }))
    const { claim } = await world.take()
    await world.backend.jobs.journal(claim, { phase: 'connected' })
    world.silence(node)
    await world.advanceSilently(generousLimits.leaseTtlMs + 1)
    await world.node(nodeB)
    const asked: JobRecord[] = []
    const report = await world.backend.nodes.reap(
      (job) => {
        asked.push(job)
        return requeue()
      },
      [nodeB],
    )
    expect(asked).toMatchObject([{ id: ids[0], status: 'started', attempt: 1, journal: { phase: 'connected' } }])
    expect(report).toEqual({ incarnations: 1, requeued: [ids[0]], ended: [], homeless: 0 })
    expect((await world.lease()).node).toBe(nodeB)
    expect(await world.drainDevice()).toEqual([ids[0], ids[1]])
    expect(await world.drainDevice('r2')).toEqual([ids[2]])
    expect((await world.get(ids[0]!)).attempt).toBe(2)
    await expect(world.finish(claim)).rejects.toMatchObject({ code: 'STALE_CLAIM' })
  })

  it('ends a lost job by the verdict, with one event, and holds its device', async () => {
    const world = await open()
    const node = await world.node()
    const ids = idsOf(await world.submit({ kind: 'modification' }, { kind: 'modification' }, {}))
    await world.take()
    world.silence(node)
    await world.advanceSilently(generousLimits.leaseTtlMs + 1)
    await world.node(nodeB)
    const end = world.ended(ids[0]!)
    expect((await world.backend.nodes.reap(endUnknown, [nodeB])).ended).toEqual([ids[0]])
    expect(await end).toMatchObject({ status: 'failed', outcome: 'unknown' })
    expect(await world.backend.holds.list()).toMatchObject([{ device: 'r1' }])
    expect(await world.drainDevice()).toEqual([ids[2]])
    const ends = (await world.eventsOf(ids[0]!)).filter(({ type }) => type === 'ended')
    expect(ends).toHaveLength(1)
  })

  it('may reap twice, also at once: each lost job gets one verdict', async () => {
    const world = await open()
    const node = await world.node()
    await world.submit(...Array.from({ length: 10 }, (_, index) => ({ device: `r${index}` })))
    for (let index = 0; index < 10; index++) await world.take(`r${index}`)
    world.silence(node)
    await world.advanceSilently(generousLimits.leaseTtlMs + 1)
    await world.node(nodeB)
    const asked: string[] = []
    const decide = (job: JobRecord): LostJobVerdict => {
      asked.push(job.id)
      return endUnknown()
    }
    const { nodes } = world.backend
    const reports = await Promise.all([nodes.reap(decide, [nodeB]), nodes.reap(decide, [nodeB])])
    reports.push(await nodes.reap(decide, [nodeB]))
    expect(reports.flatMap(({ ended }) => ended)).toHaveLength(10)
    expect(new Set(asked).size).toBe(10)
  })

  it('leaves alone what belongs to a living node', async () => {
    const world = await open()
    await world.node()
    await world.submitOne()
    const { claim } = await world.take()
    const report = await world.backend.nodes.reap(endUnknown, [nodeA])
    expect(report).toEqual({ incarnations: 0, requeued: [], ended: [], homeless: 0 })
    await world.finish(claim)
  })

  it('ends a lost job that has no attempt left, whatever the verdict', async () => {
    const world = await open()
    const node = await world.node()
    const { id } = await world.submitOne({ maxAttempts: 1 })
    await world.take()
    world.silence(node)
    await world.advanceSilently(generousLimits.leaseTtlMs + 1)
    await world.node(nodeB)
    expect((await world.backend.nodes.reap(requeue, [nodeB])).ended).toEqual([id])
    expect(await world.get(id)).toMatchObject({ status: 'failed', result: { error: { code: 'ATTEMPTS_USED' } } })
  })

  it('ends a lost job whose cancel was asked for as canceled when it would be put back', async () => {
    const world = await open()
    const node = await world.node()
    const { id } = await world.submitOne()
    await world.take()
    await world.backend.jobs.cancel(id)
    world.silence(node)
    await world.advanceSilently(generousLimits.leaseTtlMs + 1)
    await world.node(nodeB)
    expect((await world.backend.nodes.reap(requeue, [nodeB])).ended).toEqual([id])
    expect(await world.get(id)).toMatchObject({ status: 'canceled', outcome: 'canceled' })
  })

  it('puts a lost job of the work lane back, for any other consumer', async () => {
    const world = await open()
    const lost = await world.node(nodeA)
    const taken: AbortSignal[] = []
    const hang = await world.backend.work.consume(lost, async ({ signal }) => {
      taken.push(signal)
      await aborted(signal)
    })
    const { id } = await world.submitOne({ strategy: 'fifo' })
    await firstEvent(id, 'started')
    world.silence(lost)
    await world.advanceSilently(generousLimits.leaseTtlMs + 1)
    const next = await world.node(nodeB)
    const loop = await world.backend.work.consume(next, async ({ claim }) => {
      await world.finish(claim, success)
    })
    expect((await world.backend.nodes.reap(requeue, [nodeB])).requeued).toEqual([id])
    expect(await world.ended(id)).toMatchObject({ status: 'finished', attempt: 2, node: nodeB })
    await Promise.all([hang.drain(), loop.drain()])
    expect(taken.every((signal) => signal.aborted)).toBe(true)

    async function firstEvent(jobId: typeof id, type: string): Promise<void> {
      for await (const event of world.backend.jobs.events({ jobId, signal: testSignal() }))
        if (event.type === type) return
    }
  })

  it('retries a job only within its own attempt after a takeover', async () => {
    const world = await open()
    const node = await world.node()
    await world.submitOne()
    const { claim } = await world.take()
    world.silence(node)
    await world.advanceSilently(generousLimits.leaseTtlMs + 1)
    await world.node(nodeB)
    await world.backend.nodes.reap(requeue, [nodeB])
    await expect(world.backend.jobs.retry(claim, 0, lostError)).rejects.toMatchObject({ code: 'STALE_CLAIM' })
    expect(await world.drainDevice()).toHaveLength(1)
  })
}
