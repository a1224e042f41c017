import type { JobId, JobRecord } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { OpenWorld } from './contract.js'
import type { World } from './world.js'
import { idsOf, lostError, unknownEnding } from './world.js'

const positionsOf = async (world: World, ids: readonly JobId[]): Promise<readonly (number | undefined)[]> =>
  (await Promise.all(ids.map((id) => world.get(id)))).map(({ queuePosition }) => queuePosition)

const told = (jobs: readonly JobRecord[]) => jobs.map(({ queuePosition }) => queuePosition)

const modification = { kind: 'modification' } as const
const fifo = { strategy: 'fifo' } as const

/** How many jobs are before a waiting one. */
// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function positionContract(open: OpenWorld): void {
  it('counts in the order of a device the earlier jobs of any kind that wait for it', async () => {
    const world = await open()
    await world.node()
    const jobs = await world.submit({}, modification, { device: 'r2' }, fifo, {}, modification)
    expect(told(jobs)).toEqual([0, 1, 0, 0, 2, 3])
    expect(await positionsOf(world, idsOf(jobs))).toEqual([0, 1, 0, 0, 2, 3])
  })

  it('does not count a job that runs, and tells none of one that does not wait', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit({}, {}, {}))
    const { claim } = await world.take()
    expect(await positionsOf(world, ids)).toEqual([undefined, 0, 1])
    await world.finish(claim)
    expect(await positionsOf(world, ids)).toEqual([undefined, 0, 1])
    expect(told(await world.submit({}))).toEqual([2])
  })

  it('moves up when an earlier one is canceled or expires', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit({}, { ttlSeconds: 5 }, {}, fifo, { ...fifo, ttlSeconds: 5 }, fifo))
    await world.backend.jobs.cancel(ids[0]!)
    await world.backend.jobs.cancel(ids[3]!)
    expect(await positionsOf(world, ids)).toEqual([undefined, 0, 1, undefined, 0, 1])
    await world.advance(6_000)
    expect(await positionsOf(world, [ids[2]!, ids[5]!])).toEqual([0, 0])
  })

  it('leaves a retry at the head, also while it waits for its time', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit({}, {}))
    await world.backend.jobs.retry((await world.take()).claim, 5_000, lostError)
    expect(await positionsOf(world, ids)).toEqual([0, 1])
  })

  it('lets the queries of a held device pass its changes', async () => {
    const world = await open()
    await world.node()
    const [, change, query, second] = idsOf(await world.submit(modification, modification, {}, modification))
    await world.finish((await world.take()).claim, unknownEnding)
    expect(await positionsOf(world, [change!, query!, second!])).toEqual([0, 0, 2])
    expect(told(await world.submit({}, modification))).toEqual([1, 4])
  })

  it('counts in the work lane the earlier jobs of all devices', async () => {
    const world = await open()
    const devices = ['r1', 'r2', 'r3'].map((device) => ({ ...fifo, device }))
    const jobs = await world.submit(...devices, ...devices)
    expect(told(jobs)).toEqual([0, 1, 2, 3, 4, 5])
    expect(await positionsOf(world, idsOf(jobs))).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('counts right in a long work lane with gaps', async () => {
    const world = await open()
    const ids = idsOf(await world.submit(...Array.from({ length: 2_000 }, () => fifo)))
    const isGone = (index: number): boolean => index % 3 === 0 || (index > 900 && index < 1_600)
    await Promise.all(ids.filter((_, index) => isGone(index)).map((id) => world.backend.jobs.cancel(id)))
    const left = ids.filter((_, index) => !isGone(index))
    const looked = [0, 1, 300, 599, 600, 601, left.length - 1]
    expect(
      await positionsOf(
        world,
        looked.map((index) => left[index]!),
      ),
    ).toEqual(looked)
    expect(told(await world.submit(fifo))).toEqual([left.length])
  })

  it('is not told in lists', async () => {
    const world = await open()
    await world.node()
    await world.submit({}, fifo)
    const { items } = await world.backend.jobs.list({}, { limit: 10 })
    expect(told(items)).toEqual([undefined, undefined])
  })
}
