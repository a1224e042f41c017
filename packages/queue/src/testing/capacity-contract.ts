import { asDeviceId, asNodeId } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { OpenWorld } from './contract.js'
import { generousLimits, nodeA, nodeB } from './world.js'

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function capacityContract(open: OpenWorld): void {
  it('gives a device to the first named node that lives and has room', async () => {
    const world = await open()
    await world.node(nodeA, 1)
    await world.node(nodeB, 1)
    const nodes = [asNodeId('nobody'), nodeA, nodeB]
    await world.offer([world.job({ device: 'r1' }), world.job({ device: 'r2' })], nodes)
    expect((await world.lease('r1')).node).toBe(nodeA)
    expect((await world.lease('r2')).node).toBe(nodeB)
  })

  it('keeps a device with its holder, whatever nodes are named', async () => {
    const world = await open()
    await world.node(nodeA)
    await world.node(nodeB)
    await world.submitOne()
    const before = await world.lease()
    await world.offer([world.job()], [nodeB])
    expect(await world.lease()).toEqual(before)
  })

  it('stores nothing when no named node has room', async () => {
    const world = await open()
    await world.node(nodeA, 1)
    await world.submitOne({ device: 'r1' })
    const job = world.job({ device: 'r2' })
    expect(await world.offer([job])).toEqual([{ state: 'no_capacity' }])
    expect(await world.offer([job], [])).toEqual([{ state: 'no_capacity' }])
    expect(await world.backend.jobs.find(job.id)).toBeUndefined()
    expect(await world.backend.leases.find(asDeviceId('r2'))).toBeUndefined()
  })

  it('needs no node for a job of the work lane', async () => {
    const world = await open()
    const [outcome] = await world.offer([world.job({ strategy: 'fifo' })], [])
    expect(outcome).toMatchObject({ state: 'stored', job: { queue: 'FifoQ' } })
    expect(await world.backend.leases.find(asDeviceId('r1'))).toBeUndefined()
  })

  it('never overfills a node, however many submits come at once', async () => {
    const world = await open()
    const node = await world.node(nodeA, 3)
    const submits = Array.from({ length: 40 }, (_, index) => world.offer([world.job({ device: `r${index % 20}` })]))
    const states = (await Promise.all(submits)).flat().map(({ state }) => state)
    expect(states.filter((state) => state === 'stored')).toHaveLength(6)
    expect(states.filter((state) => state === 'no_capacity')).toHaveLength(34)
    expect(await world.backend.nodes.list()).toMatchObject([{ node: nodeA, pinned: 3, capacity: 3 }])
    expect(await world.backend.leases.heldBy(node.incarnation)).toHaveLength(3)
  })

  it('gives one lease to submits for one device that come at once', async () => {
    const world = await open()
    await world.node(nodeA, 1)
    await world.node(nodeB, 1)
    const submits = Array.from({ length: 20 }, (_, index) => world.offer([world.job()], [index % 2 ? nodeA : nodeB]))
    expect((await Promise.all(submits)).flat().every(({ state }) => state === 'stored')).toBe(true)
    const pinned = (await world.backend.nodes.list()).map((state) => state.pinned)
    expect(pinned.sort()).toEqual([0, 1])
  })

  it('says how full each node is, and gives no device to one that drains', async () => {
    const world = await open()
    const a = await world.node(nodeA, 5)
    await world.node(nodeB, 1)
    await world.submitOne({ device: 'r1' })
    const rooms = async () => [...(await world.backend.nodes.rooms())].sort((x, y) => (x.node < y.node ? -1 : 1))
    const roomB = { node: nodeB, pinned: 0, capacity: 1 }
    expect(await rooms()).toEqual([{ node: nodeA, pinned: 1, capacity: 5 }, roomB])
    await world.backend.nodes.drain(a.incarnation)
    expect(await rooms()).toEqual([roomB])
    await world.offer([world.job({ device: 'r2' })], [nodeA, nodeB])
    expect((await world.lease('r2')).node).toBe(nodeB)
    expect(await world.offer([world.job({ device: 'r3' })], [nodeA])).toEqual([{ state: 'no_capacity' }])
    // What it holds it still serves.
    await world.submitOne({ device: 'r1' })
    expect(await world.drainDevice('r1')).toHaveLength(2)
  })

  it('refuses more waiting jobs than a device may have, in either lane', async () => {
    const world = await open({ ...generousLimits, maxQueuedPerDevice: 3 })
    await world.node()
    await world.submit({}, {}, { strategy: 'fifo' })
    const job = world.job()
    expect(await world.offer([job])).toMatchObject([{ state: 'queue_full', retryAfterSeconds: expect.any(Number) }])
    expect(await world.backend.jobs.find(job.id)).toBeUndefined()
    await world.submitOne({ device: 'r2' })
    await world.take()
    await world.submitOne()
  })

  it('refuses more waiting jobs than the backend may have', async () => {
    const world = await open({ ...generousLimits, maxQueued: 4 })
    await world.node()
    const jobs = Array.from({ length: 6 }, (_, index) => world.job({ device: `r${index}` }))
    const states = (await world.offer(jobs)).map(({ state }) => state)
    expect(states).toEqual(['stored', 'stored', 'stored', 'stored', 'queue_full', 'queue_full'])
    // A refused submission claims no device.
    expect(await world.backend.leases.find(asDeviceId('r5'))).toBeUndefined()
  })
}
