import type { JobId } from '@netpulse/core'
import { newIncarnation } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { Delivery } from '../backend.js'
import type { OpenWorld } from './contract.js'
import type { JobWish } from './world.js'
import { aborted, idsOf, lostError, nodeA, nodeB } from './world.js'

/** Something that a handler waits for. */
class Gate {
  #open: () => void = () => undefined
  readonly opened = new Promise<void>((resolve) => {
    this.#open = resolve
  })

  open(): void {
    this.#open()
  }
}

const fifo = (count: number): readonly JobWish[] => Array.from({ length: count }, () => ({ strategy: 'fifo' as const }))

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function workContract(open: OpenWorld): void {
  it('gives every job to one consumer, never more than its concurrency at once', async () => {
    const world = await open()
    const consumers = [await world.node(nodeA), await world.node(nodeB)]
    const running = new Map<string, number>()
    const most = new Map<string, number>()
    const taken: JobId[] = []
    const run = (worker: string) => async (delivery: Delivery) => {
      const now = (running.get(worker) ?? 0) + 1
      running.set(worker, now)
      most.set(worker, Math.max(now, most.get(worker) ?? 0))
      taken.push(delivery.job.id)
      await world.finish(delivery.claim)
      running.set(worker, running.get(worker)! - 1)
    }
    const loops = await Promise.all(
      consumers.map((consumer, index) =>
        world.backend.work.consume({ ...consumer, concurrency: index + 2 }, run(consumer.worker)),
      ),
    )
    const ids = idsOf(await world.submit(...fifo(100)))
    const records = await Promise.all(ids.map((id) => world.ended(id)))
    expect(records.every(({ status, attempt }) => status === 'finished' && attempt === 1)).toBe(true)
    expect([...taken].sort()).toEqual([...ids].sort())
    expect(most.get(consumers[0]!.worker)).toBeLessThanOrEqual(2)
    expect(most.get(consumers[1]!.worker)).toBeLessThanOrEqual(3)
    await Promise.all(loops.map((loop) => loop.drain()))
  })

  it('gives jobs that waited before anybody consumed, with what a delivery needs', async () => {
    const world = await open()
    const consumer = await world.node()
    const { id } = await world.submitOne({ strategy: 'fifo' })
    const deliveries: Delivery[] = []
    const loop = await world.backend.work.consume(consumer, async (delivery) => {
      deliveries.push(delivery)
      await world.finish(delivery.claim)
    })
    await world.ended(id)
    const [delivery] = deliveries
    expect(delivery!.job).toMatchObject({ id, status: 'started', node: nodeA, worker: consumer.worker, attempt: 1 })
    expect(delivery!.claim).toEqual({ jobId: id, attempt: 1, incarnation: consumer.incarnation })
    await loop.drain()
  })

  it.each([
    { name: 'throws', run: () => Promise.reject(new Error('a bug with secret text')) },
    { name: 'returns without ending the job', run: () => Promise.resolve() },
  ])('ends a job as failed with INTERNAL when its handler $name', async ({ run }) => {
    const world = await open()
    const consumer = await world.node()
    const loop = await world.backend.work.consume(consumer, run)
    const { id } = await world.submitOne({ strategy: 'fifo' })
    const record = await world.ended(id)
    expect(record).toMatchObject({ status: 'failed', outcome: 'failed', result: { error: { code: 'INTERNAL' } } })
    expect(JSON.stringify(record)).not.toContain('secret text')
    await loop.drain()
  })

  it('does not hold other jobs back for a delayed retry', async () => {
    const world = await open()
    const consumer = await world.node()
    const attempts: JobId[] = []
    const loop = await world.backend.work.consume({ ...consumer, concurrency: 1 }, async ({ job, claim }) => {
      attempts.push(job.id)
      if (attempts.length === 1) await world.backend.jobs.retry(claim, 5000, lostError)
      else await world.finish(claim)
    })
    const ids = idsOf(await world.submit(...fifo(3)))
    await Promise.all(ids.slice(1).map((id) => world.ended(id)))
    expect(attempts).toEqual(ids)
    const end = world.ended(ids[0]!)
    await world.advance(5000)
    expect(await end).toMatchObject({ status: 'finished', attempt: 2 })
    expect(attempts).toEqual([...ids, ids[0]])
    await loop.drain()
  })

  it('never gives a delayed retry that was canceled', async () => {
    const world = await open()
    const consumer = await world.node()
    const attempts: JobId[] = []
    const retried = new Gate()
    const loop = await world.backend.work.consume(consumer, async ({ job, claim }) => {
      attempts.push(job.id)
      if (attempts.length > 1) return void (await world.finish(claim))
      await world.backend.jobs.retry(claim, 5000, lostError)
      retried.open()
    })
    const first = await world.submitOne({ strategy: 'fifo' })
    await retried.opened
    expect(await world.backend.jobs.cancel(first.id)).toBe('canceled')
    await world.advance(6000)
    const second = await world.submitOne({ strategy: 'fifo' })
    expect(await world.ended(second.id)).toMatchObject({ status: 'finished' })
    expect(attempts).toEqual([first.id, second.id])
    expect(await world.get(first.id)).toMatchObject({ status: 'canceled' })
    await loop.drain()
  })

  it('drains: takes no further job and waits for the running ones', async () => {
    const world = await open()
    const consumer = await world.node()
    const started = new Gate()
    const gate = new Gate()
    const loop = await world.backend.work.consume({ ...consumer, concurrency: 1 }, async ({ claim }) => {
      started.open()
      await gate.opened
      await world.finish(claim)
    })
    const ids = idsOf(await world.submit(...fifo(2)))
    await started.opened
    let isDrained = false
    const drained = loop.drain().then(() => (isDrained = true))
    expect((await world.get(ids[0]!)).status).toBe('started')
    expect(isDrained).toBe(false)
    gate.open()
    await drained
    expect((await world.get(ids[0]!)).status).toBe('finished')
    expect((await world.get(ids[1]!)).status).toBe('queued')
    await loop.drain()
  })

  it('aborts the delivery of a canceled job', async () => {
    const world = await open()
    const consumer = await world.node()
    const started = new Gate()
    const loop = await world.backend.work.consume(consumer, async ({ claim, signal }) => {
      started.open()
      expect(await aborted(signal)).toMatchObject({ code: 'CANCELED' })
      await world.finish(claim, { status: 'canceled', outcome: 'canceled', result: { results: [] } })
    })
    const { id } = await world.submitOne({ strategy: 'fifo' })
    await started.opened
    expect(await world.backend.jobs.cancel(id)).toBe('cancel_requested')
    expect(await world.ended(id)).toMatchObject({ status: 'canceled' })
    await loop.drain()
  })

  it('gives nothing to an incarnation that is not registered', async () => {
    const world = await open()
    const consumer = { node: nodeA, incarnation: newIncarnation(), worker: 'w', concurrency: 1 }
    const consuming = world.backend.work.consume(consumer, () => Promise.resolve())
    await expect(consuming).rejects.toMatchObject({ code: 'LEASE_LOST' })
  })
}
