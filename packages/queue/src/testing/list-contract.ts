import type { JobId } from '@netpulse/core'
import { asDeviceId } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { JobFilter } from '../backend.js'
import type { OpenWorld } from './contract.js'
import type { World } from './world.js'
import { idsOf, nodeA } from './world.js'

async function everyPage(world: World, filter: JobFilter, limit: number): Promise<readonly JobId[]> {
  const found: JobId[] = []
  for (let cursor: string | undefined; ;) {
    const page = await world.backend.jobs.list(filter, cursor === undefined ? { limit } : { limit, cursor })
    expect(page.items.length).toBeLessThanOrEqual(limit)
    found.push(...idsOf(page.items))
    cursor = page.nextCursor
    if (cursor === undefined) return found
  }
}

/** Six jobs that differ in everything that a filter asks for. */
async function population(world: World): Promise<readonly JobId[]> {
  await world.node()
  const ids = idsOf([
    await world.submitOne({ device: 'r1', tags: ['blue', 'core'] }),
    await world.submitOne({ device: 'r2', tags: ['blue'] }),
    await world.submitOne({ device: 'r1', driver: 'eapi', strategy: 'fifo' }),
  ])
  await world.finish((await world.take('r1')).claim)
  await world.take('r2')
  await world.advance(10_000)
  const later = await world.submit({ device: 'r1', driver: 'eapi' }, { device: 'r3', tags: ["it's"] }, { device: 'r1' })
  return [...ids, ...idsOf(later)]
}

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function listContract(open: OpenWorld): void {
  it('lists newest first', async () => {
    const world = await open()
    const ids = await population(world)
    const { items, nextCursor } = await world.backend.jobs.list({}, { limit: 100 })
    expect(idsOf(items)).toEqual(ids.toReversed())
    expect(nextCursor).toBeUndefined()
    const { queuePosition: _apart, ...record } = await world.get(ids[5]!)
    expect(items[0]).toEqual(record)
  })

  it.each<{ readonly name: string; readonly filter: JobFilter; readonly fits: readonly number[] }>([
    { name: 'queue', filter: { queue: 'HostQ_r1' }, fits: [5, 3, 0] },
    { name: 'queue of the work lane', filter: { queue: 'FifoQ' }, fits: [2] },
    { name: 'status', filter: { status: ['started'] }, fits: [1] },
    { name: 'several statuses', filter: { status: ['started', 'finished'] }, fits: [1, 0] },
    { name: 'node', filter: { node: nodeA }, fits: [1, 0] },
    { name: 'host', filter: { host: 'r1' }, fits: [5, 3, 2, 0] },
    { name: 'driver', filter: { driver: 'eapi' }, fits: [3, 2] },
    { name: 'device', filter: { deviceId: asDeviceId('r3') }, fits: [4] },
    { name: 'tag', filter: { tag: 'blue' }, fits: [1, 0] },
    { name: 'tag with a quote', filter: { tag: "it's" }, fits: [4] },
    { name: 'host and driver', filter: { host: 'r1', driver: 'eapi' }, fits: [3, 2] },
    { name: 'host, status and tag', filter: { host: 'r1', status: ['finished'], tag: 'core' }, fits: [0] },
    { name: 'nothing fits', filter: { host: 'r9' }, fits: [] },
    { name: 'a host that is no SQL', filter: { host: "r1' OR '1'='1" }, fits: [] },
  ])('filters by $name', async ({ filter, fits }) => {
    const world = await open()
    const ids = await population(world)
    const expected = fits.map((index) => ids[index])
    expect(idsOf((await world.backend.jobs.list(filter, { limit: 100 })).items)).toEqual(expected)
    expect(await everyPage(world, filter, 1)).toEqual(expected)
  })

  it('filters by time of creation: at or after since, before until', async () => {
    const world = await open()
    const ids = await population(world)
    const later = world.now()
    const idsFor = async (filter: JobFilter) => idsOf((await world.backend.jobs.list(filter, { limit: 100 })).items)
    expect(await idsFor({ since: later })).toEqual([ids[5], ids[4], ids[3]])
    expect(await idsFor({ until: later })).toEqual([ids[2], ids[1], ids[0]])
    expect(await idsFor({ since: later, until: later })).toEqual([])
  })

  it('pages through everything once, whatever is submitted meanwhile', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit(...Array.from({ length: 25 }, () => ({}))))
    const first = await world.backend.jobs.list({}, { limit: 10 })
    await world.submit({}, {}, {})
    const second = await world.backend.jobs.list({}, { limit: 10, cursor: first.nextCursor! })
    await world.submitOne()
    const third = await world.backend.jobs.list({}, { limit: 10, cursor: second.nextCursor! })
    expect(idsOf([...first.items, ...second.items, ...third.items])).toEqual(ids.toReversed())
    expect(third.nextCursor).toBeUndefined()
  })

  it('gives no cursor with a last page that is full', async () => {
    const world = await open()
    await world.node()
    await world.submit({}, {}, {})
    expect((await world.backend.jobs.list({}, { limit: 3 })).nextCursor).toBeUndefined()
    expect((await world.backend.jobs.list({}, { limit: 2 })).nextCursor).toBeDefined()
  })

  it.each(['', 'x', 'a25n', '!!', 'azE5OTk5OTk5OTk5OTk5OTk5OTk5OTk'])('refuses the cursor "%s"', async (cursor) => {
    const world = await open()
    const listing = world.backend.jobs.list({}, { limit: 10, cursor })
    await expect(listing).rejects.toMatchObject({ code: 'INVALID_CURSOR' })
  })

  it.each([0, 1001, 1.5])('refuses a page of %d jobs', async (limit) => {
    const world = await open()
    await expect(world.backend.jobs.list({}, { limit })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
}
