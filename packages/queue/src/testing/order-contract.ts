import { asDeviceId } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { OpenWorld } from './contract.js'
import { idsOf, lostError, nodeA, nodeB, unknownEnding } from './world.js'

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function orderContract(open: OpenWorld): void {
  it('gives the jobs of a device in the order of their submits', async () => {
    const world = await open()
    await world.node()
    const kinds = ['query', 'modification', 'opaque'] as const
    const first = await world.submit(...Array.from({ length: 60 }, (_, index) => ({ kind: kinds[index % 3]! })))
    const others = await world.submit({ device: 'r2' }, { device: 'r2' })
    const later = await world.submit({ kind: 'modification' }, {})
    expect(await world.drainDevice()).toEqual(idsOf([...first, ...later]))
    expect(await world.drainDevice('r2')).toEqual(idsOf(others))
  })

  it('gives one job of a device at a time', async () => {
    const world = await open()
    await world.node()
    await world.submit({}, {})
    const takes = await Promise.all([world.tryTake(), world.tryTake(), world.tryTake()])
    const taken = takes.filter((delivery) => delivery !== undefined)
    expect(taken).toHaveLength(1)
    await world.finish(taken[0]!.claim)
    await world.take()
  })

  it('leaves jobs of the work lane out of the device order', async () => {
    const world = await open()
    await world.node()
    await world.submit({ strategy: 'fifo' })
    const { id } = await world.submitOne({ strategy: 'fifo', kind: 'modification' })
    expect(await world.drainDevice()).toEqual([id])
  })

  it('refuses a take with a lease that another incarnation has by now', async () => {
    const world = await open()
    const node = await world.node()
    await world.submitOne()
    const lease = await world.lease()
    const { mailboxes, nodes } = world.backend
    await expect(mailboxes.take({ ...lease, token: lease.token + 1 }, 'w')).rejects.toMatchObject({
      code: 'LEASE_LOST',
    })
    await nodes.unregister(node.incarnation)
    await expect(mailboxes.take(lease, 'w')).rejects.toMatchObject({ code: 'LEASE_LOST' })
  })

  it('tells the holder about a submit, also about one before it listened, and nobody else', async () => {
    const world = await open()
    const node = await world.node(nodeA, 1)
    const other = await world.node(nodeB, 1)
    const told: string[] = []
    const leave = world.backend.mailboxes.onWork(other.incarnation, (device) => told.push(device))
    await world.submitOne()
    expect(await world.nextWork(node)).toBe('r1')
    await world.drainDevice()
    const work = world.nextWork(node)
    await world.submitOne()
    expect(await work).toBe('r1')
    expect(told).toEqual([])
    leave()
  })

  it('tells nothing to a listener that left', async () => {
    const world = await open()
    const node = await world.node()
    const told: string[] = []
    world.backend.mailboxes.onWork(node.incarnation, (device) => told.push(device))()
    const work = world.nextWork(node)
    await world.submitOne()
    await work
    expect(told).toEqual([])
  })

  it('holds back modifications and opaque jobs of a held device, and lets queries pass', async () => {
    const world = await open()
    await world.node()
    const wishes = ['modification', 'modification', 'query', 'opaque', 'query'] as const
    const ids = idsOf(await world.submit(...wishes.map((kind) => ({ kind }))))
    await world.finish((await world.take()).claim, unknownEnding)
    const device = asDeviceId('r1')
    expect(await world.backend.holds.list()).toEqual([{ device, reason: 'contact lost', since: world.now() }])
    expect(await world.drainDevice()).toEqual([ids[2], ids[4]])
    await world.submit({ device: 'r2', kind: 'modification' })
    expect(await world.drainDevice('r2')).toHaveLength(1)
  })

  it('gives what was held back in its order once the hold is lifted, and tells the holder', async () => {
    const world = await open()
    const node = await world.node()
    const ids = idsOf(await world.submit({ kind: 'modification' }, { kind: 'modification' }, { kind: 'query' }))
    await world.finish((await world.take()).claim, unknownEnding)
    const later = await world.submitOne({ kind: 'opaque' })
    const work = world.nextWork(node)
    expect(await world.backend.holds.release(asDeviceId('r1'))).toBe(true)
    expect(await work).toBe('r1')
    expect(await world.drainDevice()).toEqual([ids[1], ids[2], later.id])
    expect(await world.backend.holds.list()).toEqual([])
    expect(await world.backend.holds.release(asDeviceId('r1'))).toBe(false)
  })

  it('keeps the first reason of a device that is held twice', async () => {
    const world = await open()
    await world.node()
    await world.submit({ kind: 'modification' }, { kind: 'query' })
    await world.finish((await world.take()).claim, unknownEnding)
    await world.finish((await world.take()).claim, { ...unknownEnding, holdDevice: 'another' })
    expect(await world.backend.holds.list()).toMatchObject([{ reason: 'contact lost' }])
  })

  it('keeps later queries behind a retry also while the device is held', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit({ kind: 'modification' }, { kind: 'modification' }, {}, {}))
    await world.finish((await world.take()).claim, unknownEnding)
    await world.backend.jobs.retry((await world.take()).claim, 2000, lostError)
    expect(await world.tryTake()).toBeUndefined()
    await world.advance(2000)
    expect(await world.drainDevice()).toEqual([ids[2], ids[3]])
  })

  it('releases a lease only when nothing of the device waits or runs', async () => {
    const world = await open()
    const node = await world.node(nodeA, 1)
    await world.submitOne()
    const { leases } = world.backend
    const lease = await world.lease()
    expect(await leases.release(lease)).toBe(false)
    const { claim } = await world.take()
    expect(await leases.release(lease)).toBe(false)
    await world.finish(claim)
    expect(await leases.heldBy(node.incarnation)).toEqual([lease])
    expect(await leases.release(lease)).toBe(true)
    expect(await leases.release(lease)).toBe(false)
    expect(await leases.find(lease.device)).toBeUndefined()
    expect(await leases.heldBy(node.incarnation)).toEqual([])
    // The room is free again, and the next grant has a higher token.
    await world.submitOne({ device: 'r2' })
    expect(await leases.release(lease)).toBe(false)
  })

  it('gives every grant of a device a higher token', async () => {
    const world = await open()
    await world.node()
    let before = 0
    for (let round = 0; round < 3; round++) {
      await world.submitOne()
      const lease = await world.lease()
      expect(lease.token).toBeGreaterThan(before)
      before = lease.token
      await world.drainDevice()
      expect(await world.backend.leases.release(lease)).toBe(true)
    }
  })
}
