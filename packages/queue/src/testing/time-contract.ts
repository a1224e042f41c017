import { expect, it } from 'vitest'
import type { OpenWorld } from './contract.js'
import { idsOf, lostError, nodeA, success } from './world.js'

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function timeContract(open: OpenWorld): void {
  it('expires waiting jobs on time, in both lanes, with one event each', async () => {
    const world = await open()
    await world.node()
    const wishes = [{ ttlSeconds: 10 }, { ttlSeconds: 20 }, { ttlSeconds: 10, strategy: 'fifo' as const }]
    const [first, second, third] = idsOf(await world.submit(...wishes))
    const ends = Promise.all([world.ended(first!), world.ended(third!)])
    await world.advance(9_999)
    expect(await world.backend.jobs.counts()).toMatchObject({ queued: 3, expired: 0 })
    await world.advance(1)
    for (const record of await ends) {
      expect(record).toMatchObject({ status: 'expired', outcome: 'expired' })
      const types = (await world.eventsOf(record.id)).map(({ type }) => type)
      expect(types).toEqual(['queued', 'ended'])
    }
    expect(await world.get(second!)).toMatchObject({ status: 'queued' })
    expect(await world.drainDevice()).toEqual([second])
  })

  it('does not expire a job that was started in time', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne({ ttlSeconds: 10 })
    const { claim } = await world.take()
    await world.advance(60_000)
    expect(await world.get(id)).toMatchObject({ status: 'started' })
    await world.finish(claim)
  })

  it('expires a retry that could not start in time', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne({ ttlSeconds: 10 })
    await world.backend.jobs.retry((await world.take()).claim, 60_000, lostError)
    const end = world.ended(id)
    await world.advance(10_000)
    expect(await end).toMatchObject({ status: 'expired' })
  })

  it('frees the order, and the room of the queue, when the first job expires', async () => {
    const world = await open()
    await world.node()
    const [first] = idsOf(await world.submit({ ttlSeconds: 5 }))
    const end = world.ended(first!)
    await world.advance(5_000)
    await end
    const { id } = await world.submitOne()
    expect(await world.drainDevice()).toEqual([id])
    expect(await world.backend.leases.release(await world.lease())).toBe(true)
  })

  it('expires many jobs at once, each exactly once', async () => {
    const world = await open()
    await world.node(nodeA, 2000)
    const wishes = Array.from({ length: 1500 }, (_, index) => ({ device: `r${index % 100}`, ttlSeconds: 5 }))
    const ids = idsOf(await world.submit(...wishes))
    const ends = Promise.all(ids.map((id) => world.ended(id)))
    await world.advance(5_000)
    expect((await ends).every(({ status }) => status === 'expired')).toBe(true)
    expect(await world.backend.jobs.counts()).toMatchObject({ queued: 0, expired: 1500 })
  })

  it('keeps an ended job for its retention, and no longer', async () => {
    const world = await open()
    await world.node()
    const [short, long] = idsOf(await world.submit({ resultTtlSeconds: 60 }, { resultTtlSeconds: 600 }))
    await world.drainDevice()
    await world.advance(59_000)
    expect((await world.get(short!)).status).toBe('finished')
    await world.advance(1_000)
    expect(await world.backend.jobs.find(short!)).toBeUndefined()
    await expect(world.ended(short!)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
    expect(await world.backend.jobs.cancel(short!)).toBe('not_found')
    const page = await world.backend.jobs.list({}, { limit: 10 })
    expect(idsOf(page.items)).toEqual([long])
  })

  it('keeps a running job however long it takes', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne({ resultTtlSeconds: 60 })
    const { claim } = await world.take()
    await world.advance(120_000)
    await world.finish(claim, success)
    expect((await world.get(id)).status).toBe('finished')
  })
}
