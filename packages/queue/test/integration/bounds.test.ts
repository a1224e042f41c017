import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobEvent } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import Libsql from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InProcessOptions } from '../../src/index.js'
import { createInProcessBackend } from '../../src/index.js'
import { generousLimits, idsOf, nodeA, testSignal, World } from '../../src/testing/world.js'

let store: string
let clock: FakeClock
const worlds: World[] = []

beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'netpulse-bounds-'))
  clock = new FakeClock()
})

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.dispose()
  await rm(store, { recursive: true, force: true })
})

async function open(options: Partial<InProcessOptions> = {}): Promise<World> {
  const backend = createInProcessBackend({ store, clock, ...options })
  await backend.start()
  const dispose = () => backend.stop()
  const test = { backend, advance: (byMs: number) => clock.advance(byMs), now: () => clock.now(), dispose }
  const world = new World(test, generousLimits)
  worlds.push(world)
  return world
}

/** Rows of each table, as another program sees them. */
function rowCounts(): Readonly<Record<string, number>> {
  const db = new Libsql(join(store, 'jobs.db'))
  const tables = ['job', 'request', 'secret', 'result', 'answer', 'tag']
  const count = (table: string) => (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { readonly n: number }).n
  const counts = Object.fromEntries(tables.map((table) => [table, count(table)]))
  db.close()
  return counts
}

const answer = {
  command: 'x',
  stdout: 'y',
  stderr: '',
  exitStatus: 0,
  failure: null,
  metadata: { host: 'r1', durationSeconds: 0.1, sessionReused: true },
}

describe('what is kept', () => {
  it('is, of the event log, no more than was asked for', async () => {
    const world = await open({ maxEvents: 1000 })
    await world.node()
    const [first] = await world.submit(...Array.from({ length: 500 }, () => ({})))
    await world.drainDevice()
    const last = (await world.submit(...Array.from({ length: 100 }, () => ({})))).at(-1)!
    await world.drainDevice()
    const kept: JobEvent[] = []
    for await (const event of world.backend.jobs.events({ signal: testSignal() })) {
      kept.push(event)
      if (event.jobId === last.id && event.type === 'ended') break
    }
    expect(kept.at(-1)!.sequence).toBe(1800)
    expect(kept.length).toBeLessThanOrEqual(1050)
    expect(kept.length).toBeGreaterThanOrEqual(1000)
    // A job whose events are no longer kept has ended all the same: nobody waits for ever.
    expect((await world.get(first!.id)).status).toBe('finished')
    expect(await world.eventsOf(first!.id)).toEqual([])
  })

  it('is nothing of a job once its retention is over, and its events are never taken for those of another', async () => {
    const world = await open()
    await world.node()
    const wish = { resultTtlSeconds: 60, tags: ['a', 'b'] }
    await world.submit(...Array.from({ length: 20 }, () => wish))
    const { claim } = await world.take()
    await world.backend.jobs.journal(claim, { phase: 'connected' }, [answer])
    await world.finish(claim)
    await world.drainDevice()
    expect(rowCounts()).toEqual({ job: 20, request: 20, secret: 0, result: 20, answer: 0, tag: 40 })
    await world.advance(62_000)
    expect(Object.values(await world.backend.jobs.counts()).every((count) => count === 0)).toBe(true)
    await world.dispose()
    expect(rowCounts()).toEqual({ job: 0, request: 0, secret: 0, result: 0, answer: 0, tag: 0 })

    const next = await open()
    await next.node()
    const { id } = await next.submitOne()
    await next.drainDevice()
    expect((await next.eventsOf(id)).map(({ type }) => type)).toEqual(['queued', 'started', 'ended'])
  })

  it('is, in memory, the records of the first waiting jobs only; the others come from the store', async () => {
    const world = await open()
    await world.node(nodeA, 1000)
    const jobs = await world.submit(
      ...Array.from({ length: 20_500 }, (_, index) => ({ device: `r${index % 500}`, kind: 'modification' as const })),
    )
    const ids = idsOf(jobs.filter(({ deviceId }) => deviceId === 'r499'))
    // The last job of each device is beyond what memory keeps.
    expect(await world.drainDevice('r499')).toEqual(ids)
    const last = await world.get(ids.at(-1)!)
    expect(last).toMatchObject({ status: 'finished', attempt: 1, kind: 'modification', owner: 'key-1' })
    const canceled = jobs.findLast(({ deviceId }) => deviceId === 'r498')!
    expect(await world.backend.jobs.cancel(canceled.id)).toBe('canceled')
    expect(await world.get(canceled.id)).toMatchObject({ status: 'canceled', request: { driver: 'cli' } })
  })

  it('is written with every commit when durability is full', async () => {
    const world = await open({ durability: 'full' })
    await world.node()
    const ids = idsOf(await world.submit({}, {}))
    expect(await world.drainDevice()).toEqual(ids)
  })
})
