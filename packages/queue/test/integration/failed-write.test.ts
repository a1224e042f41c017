import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asNodeId } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import Libsql from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInProcessBackend, decideLostJob } from '../../src/index.js'
import { generousLimits, success, World } from '../../src/testing/world.js'

let store: string
let world: World

beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'netpulse-failed-'))
  const clock = new FakeClock()
  const backend = createInProcessBackend({ store, clock })
  await backend.start()
  const dispose = () => backend.stop()
  world = new World(
    { backend, advance: (byMs) => clock.advance(byMs), now: () => clock.now(), dispose },
    generousLimits,
  )
})

afterEach(async () => {
  await world.dispose()
  await rm(store, { recursive: true, force: true })
})

const unavailable = { code: 'STORE_UNAVAILABLE' }

/** Another program has the file's write lock for longer than a commit waits: writes fail, reads do not. */
async function whileLocked(run: () => Promise<void>): Promise<void> {
  const other = new Libsql(join(store, 'jobs.db'))
  other.exec('BEGIN IMMEDIATE')
  try {
    await run()
  } finally {
    other.exec('ROLLBACK')
    other.close()
  }
}

/** The store is read again after a failed write; until then steps are refused. */
async function untilReady(): Promise<void> {
  for (;;) {
    try {
      await world.backend.jobs.counts()
      return
    } catch (error) {
      expect(error).toMatchObject(unavailable)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

describe('a store that cannot be written for a while', () => {
  it('refuses what it could not store, keeps what it acknowledged, and works again afterwards', async () => {
    const node = await world.node()
    const kept = await world.submitOne({ device: 'r1' })
    const waiting = await world.submitOne({ device: 'r2' })
    const other = await world.submitOne({ device: 'r4' })
    const lease = await world.lease('r2')
    const running = await world.take('r1')
    const lost = world.job({ device: 'r3' })
    await whileLocked(async () => {
      const failures = await Promise.allSettled([
        world.offer([lost]),
        world.finish(running.claim),
        world.backend.mailboxes.take(lease, 'w'),
        world.backend.jobs.cancel(other.id),
      ])
      expect(failures.map((failure) => failure.status === 'rejected' && failure.reason.code)).toEqual(
        failures.map(() => 'STORE_UNAVAILABLE'),
      )
    })
    await untilReady()
    expect(await world.backend.jobs.find(lost.id)).toBeUndefined()
    expect(await world.get(kept.id)).toMatchObject({ status: 'started', attempt: 1 })
    expect(await world.get(waiting.id)).toMatchObject({ status: 'queued', attempt: 0 })
    expect(await world.backend.jobs.counts()).toMatchObject({ queued: 2, started: 1, finished: 0, canceled: 0 })
    // The claim of the running job and its delivery are as before.
    expect(running.signal.aborted).toBe(false)
    await world.backend.jobs.cancel(kept.id)
    expect(running.signal.reason).toMatchObject({ code: 'CANCELED' })
    await world.finish(running.claim)
    expect(await world.drainDevice('r2')).toEqual([waiting.id])
    expect((await world.offer([lost])).map(({ state }) => state)).toEqual(['stored'])
    expect(await world.backend.nodes.heartbeat(node.incarnation)).toBe(true)
    const ends = (await world.eventsOf(kept.id)).map(({ type }) => type)
    expect(ends).toEqual(['queued', 'started', 'cancel_requested', 'ended'])
  })

  it('leaves a job of the work lane whose end could not be stored to the reaper', async () => {
    const consumer = await world.node()
    let tellStarted: (() => void) | undefined
    const started = new Promise<void>((resolve) => (tellStarted = resolve))
    let tryToFinish: (() => void) | undefined
    const locked = new Promise<void>((resolve) => (tryToFinish = resolve))
    const { id } = await world.submitOne({ strategy: 'fifo' })
    let attempts = 0
    const loop = await world.backend.work.consume(consumer, async ({ claim }) => {
      tellStarted!()
      if (++attempts === 1) await locked
      await world.finish(claim, success)
    })
    await started
    await whileLocked(async () => {
      tryToFinish!()
      await loop.drain()
    })
    await untilReady()
    expect(await world.get(id)).toMatchObject({ status: 'started', attempt: 1 })
    const next = await world.backend.work.consume(consumer, async ({ claim }) => void (await world.finish(claim)))
    const decide = (job: Parameters<typeof decideLostJob>[0]) => decideLostJob(job, { afterUnknownOutcome: 'hold' })
    expect((await world.backend.nodes.reap(decide, [asNodeId('node-a')])).requeued).toEqual([id])
    expect(await world.ended(id)).toMatchObject({ status: 'finished', attempt: 2 })
    await next.drain()
  })
})
