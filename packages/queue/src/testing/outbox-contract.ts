import type { JobId, JobWebhook, WebhookEvent } from '@netpulse/core'
import { webhookEndEvents } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { DeliveryAttempt, DueDelivery, DueRequest } from '../outbox.js'
import { longestDeliveryLog } from '../outbox.js'
import type { OpenWorld } from './contract.js'
import type { JobWish, World } from './world.js'
import { lostError, nodeA, sampleJob, unknownEnding } from './world.js'

const hookOf = (change: Partial<JobWebhook> = {}): JobWebhook => ({
  name: 'basic',
  events: webhookEndEvents,
  origin: 'https://one.example.net',
  timeoutSeconds: 5,
  maxRetries: 3,
  retryIntervalsSeconds: [10],
  sealedTarget: 'sealed target',
  ...change,
})

/** A job with a webhook. */
const withHook = (wish: JobWish = {}, change: Partial<JobWebhook> = {}): JobWish => ({
  ...wish,
  request: { ...sampleJob(wish).request, webhook: hookOf(change) },
})

const everything: DueRequest = { most: 100, perOrigin: 100, busy: new Map() }

const attempt = (world: World, change: Partial<DeliveryAttempt> = {}): DeliveryAttempt => ({
  at: world.now(),
  durationMs: 12,
  delivered: false,
  status: 503,
  error: { code: 'WEBHOOK_REFUSED', message: 'The receiver answered 503.' },
  ...change,
})

const delivered = (world: World) =>
  ({ state: 'delivered', attempt: { at: world.now(), durationMs: 3, delivered: true, status: 200 } }) as const

const claim = (world: World, request: Partial<DueRequest> = {}): Promise<readonly DueDelivery[]> =>
  world.backend.outbox.claim({ ...everything, ...request })

/** The one delivery that is due. */
async function claimOne(world: World): Promise<DueDelivery> {
  const due = await claim(world)
  expect(due.map(({ delivery }) => delivery.id)).toHaveLength(1)
  return due[0]!
}

const retry = (world: World, due: DueDelivery, delayMs: number): Promise<boolean> =>
  world.backend.outbox.settle(due, { state: 'retry', attempt: attempt(world), delayMs })

const die = (world: World, due: DueDelivery): Promise<boolean> =>
  world.backend.outbox.settle(due, { state: 'dead', attempt: attempt(world) })

/** Runs a device's jobs with a webhook to their end. */
async function ended(world: World, ...wishes: readonly JobWish[]): Promise<readonly JobId[]> {
  const jobs = await world.submit(...wishes)
  for (const device of new Set(jobs.map(({ deviceId }) => deviceId))) await world.drainDevice(device)
  return jobs.map(({ id }) => id)
}

const eventsOf = async (world: World, id: JobId): Promise<readonly WebhookEvent[]> =>
  (await world.backend.outbox.ofJob(id)).map(({ event }) => event)

/** Resolves with the next call of the listener that comes after this one. */
function nextDue(world: World): Promise<void> {
  return new Promise((resolve) => {
    let first = true
    const leave = world.backend.outbox.onDue(() => {
      if (!first) {
        leave()
        resolve()
      }
      first = false
    })
  })
}

export function outboxContract(open: OpenWorld): void {
  eventTests(open)
  claimTests(open)
  deadTests(open)
  retentionTests(open)
}

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
function eventTests(open: OpenWorld): void {
  it('puts in nothing for a job without a webhook', async () => {
    const world = await open()
    await world.node()
    const [id] = await ended(world, {})
    expect(await claim(world)).toEqual([])
    expect(await world.backend.outbox.ofJob(id!)).toEqual([])
  })

  it('puts in the end of a job with its record, once', async () => {
    const world = await open()
    await world.node()
    const [id] = await ended(world, withHook())
    const { delivery, job } = await claimOne(world)
    expect(delivery).toEqual({
      id: `${id}_1`,
      jobId: id,
      event: 'job.completed',
      origin: 'https://one.example.net',
      at: job.endedAt,
      state: 'pending',
      attempts: 0,
      dueAt: job.endedAt,
      log: [],
    })
    expect(job).toEqual(await world.get(id!))
    expect(job.request.webhook).toEqual(hookOf())
    expect(await claim(world)).toEqual([])
  })

  it('has an event for each way to end', async () => {
    const world = await open()
    await world.node()
    const [failed, canceled, expired, lost] = await world.submit(
      withHook(),
      withHook(),
      withHook({ ttlSeconds: 20 }),
      withHook({ device: 'r2', maxAttempts: 1 }),
    )
    await world.finish((await world.take()).claim, unknownEnding)
    await world.backend.jobs.cancel(canceled!.id)
    await world.advance(20_000)
    expect(await eventsOf(world, failed!.id)).toEqual(['job.failed'])
    expect(await eventsOf(world, canceled!.id)).toEqual(['job.canceled'])
    expect(await eventsOf(world, expired!.id)).toEqual(['job.expired'])
    await world.take('r2')
    await world.node(nodeA)
    await world.backend.nodes.reap(() => ({ action: 'requeue' }), [nodeA])
    expect(await world.get(lost!.id)).toMatchObject({ status: 'failed' })
    expect(await eventsOf(world, lost!.id)).toEqual(['job.failed'])
    expect(await claim(world)).toHaveLength(4)
  })

  it('puts in only the events that were asked for, a start for each attempt among them', async () => {
    const world = await open()
    await world.node()
    const [quiet, chatty] = await world.submit(
      withHook({ device: 'r2' }, { events: ['job.failed'] }),
      withHook({}, { events: ['job.started', 'job.completed'] }),
    )
    await world.drainDevice('r2')
    await world.backend.jobs.retry((await world.take()).claim, 0, lostError)
    await world.drainDevice()
    expect(await eventsOf(world, quiet!.id)).toEqual([])
    expect(await eventsOf(world, chatty!.id)).toEqual(['job.started', 'job.started', 'job.completed'])
    const ids = (await claim(world)).map(({ delivery }) => delivery.id)
    expect(ids.sort()).toEqual([1, 2, 3].map((number) => `${chatty!.id}_${number}`))
  })

  it('puts in the start of a job of the work lane', async () => {
    const world = await open()
    const consumer = await world.node()
    const { id } = await world.submitOne(withHook({ strategy: 'fifo' }, { events: ['job.started', 'job.completed'] }))
    const end = world.ended(id)
    const running = await world.backend.work.consume(consumer, async (delivery) => {
      await world.finish(delivery.claim)
    })
    await end
    await running.drain()
    expect(await eventsOf(world, id)).toEqual(['job.started', 'job.completed'])
  })

  it('has nothing for an unknown job', async () => {
    const { backend } = await open()
    expect(await backend.outbox.ofJob('nobody' as JobId)).toEqual([])
    expect(await backend.outbox.replay('nobody_1')).toBeUndefined()
    expect(await backend.outbox.replay('nonsense')).toBeUndefined()
  })
}

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
function claimTests(open: OpenWorld): void {
  it('tells at once that something may be due, when it is put in, and when its time comes', async () => {
    const world = await open()
    await world.node()
    await new Promise<void>((resolve) => void world.backend.outbox.onDue(resolve))
    const put = nextDue(world)
    await ended(world, withHook())
    await put
    await retry(world, await claimOne(world), 10_000)
    const due = nextDue(world)
    expect(await claim(world)).toEqual([])
    await world.advance(9_000)
    expect(await claim(world)).toEqual([])
    await world.advance(1_000)
    await due
    const again = await claimOne(world)
    expect(again.delivery).toMatchObject({ attempts: 1, state: 'pending', log: [{ status: 503, delivered: false }] })
  })

  it('gives each delivery to one consumer, and to another one when that one is lost', async () => {
    const world = await open()
    await world.node()
    await ended(world, withHook({}, { timeoutSeconds: 60 }))
    const first = await claimOne(world)
    expect(await claim(world)).toEqual([])
    await world.advance(69_000)
    expect(await claim(world)).toEqual([])
    await world.advance(1_000)
    const second = await claimOne(world)
    expect(second.delivery.id).toBe(first.delivery.id)
    expect(second.delivery.attempts).toBe(0)
    expect(await world.backend.outbox.settle(first, delivered(world))).toBe(false)
    expect(await world.backend.outbox.settle(second, delivered(world))).toBe(true)
    expect(await world.backend.outbox.ofJob(second.job.id)).toMatchObject([{ state: 'delivered', attempts: 1 }])
  })

  it('gives a released delivery to the next consumer at once, without an attempt', async () => {
    const world = await open()
    await world.node()
    await ended(world, withHook())
    const due = await claimOne(world)
    expect(await world.backend.outbox.settle(due, { state: 'released' })).toBe(true)
    expect((await claimOne(world)).delivery).toMatchObject({ attempts: 0, log: [] })
  })

  it('records each attempt once', async () => {
    const world = await open()
    await world.node()
    const [id] = await ended(world, withHook())
    const due = await claimOne(world)
    expect(await retry(world, due, 10_000)).toBe(true)
    await retry(world, due, 20_000)
    const [waiting] = await world.backend.outbox.ofJob(id!)
    expect(waiting).toMatchObject({ attempts: 1, state: 'pending', dueAt: new Date(world.now().getTime() + 10_000) })
    expect(waiting!.log).toEqual([attempt(world)])
    await world.advance(10_000)
    await world.backend.outbox.settle(await claimOne(world), delivered(world))
    const [done] = await world.backend.outbox.ofJob(id!)
    expect(done).toMatchObject({ state: 'delivered', attempts: 2 })
    expect(done!.log.map(({ status }) => status)).toEqual([503, 200])
    expect(done!.dueAt).toBeUndefined()
    expect(await claim(world)).toEqual([])
  })

  it('keeps the latest attempts only', async () => {
    const world = await open()
    await world.node()
    const [id] = await ended(world, withHook())
    for (let turn = 0; turn < longestDeliveryLog + 5; turn++) {
      const failure = attempt(world, { durationMs: turn })
      await world.backend.outbox.settle(await claimOne(world), { state: 'retry', attempt: failure, delayMs: 0 })
    }
    const [delivery] = await world.backend.outbox.ofJob(id!)
    expect(delivery!.attempts).toBe(longestDeliveryLog + 5)
    expect(delivery!.log).toHaveLength(longestDeliveryLog)
    expect(delivery!.log.at(-1)!.durationMs).toBe(longestDeliveryLog + 4)
  })

  it('lets no receiver take the places of the others', async () => {
    const world = await open()
    await world.node()
    const slow = { origin: 'https://slow.example.net' }
    await ended(world, ...Array.from({ length: 10 }, () => withHook({}, slow)))
    await world.advance(1)
    await ended(world, withHook({ device: 'r2' }), withHook({ device: 'r2' }))
    const first = await claim(world, { most: 4, perOrigin: 3 })
    expect(first.map(({ delivery }) => delivery.origin)).toEqual([...Array(3).fill(slow.origin), hookOf().origin])
    const busy = new Map([[slow.origin, 3]])
    const second = await claim(world, { perOrigin: 3, busy })
    expect(second.map(({ delivery }) => delivery.origin)).toEqual([hookOf().origin])
    expect(await claim(world, { perOrigin: 3, busy: new Map([...busy, [hookOf().origin, 2]]) })).toEqual([])
    expect(await claim(world)).toHaveLength(7)
  })
}

function deadTests(open: OpenWorld): void {
  it('lists the dead, the latest first, in pages', async () => {
    const world = await open()
    await world.node()
    await ended(world, ...Array.from({ length: 5 }, () => withHook()))
    const died = await claim(world)
    for (const due of died) await die(world, due)
    const expected = died.map(({ job }) => job.id).reverse()
    const first = await world.backend.outbox.dead({ limit: 3 })
    expect(first.items.map(({ jobId }) => jobId)).toEqual(expected.slice(0, 3))
    expect(first.items[0]).toMatchObject({ state: 'dead', attempts: 1, log: [{ status: 503 }] })
    const second = await world.backend.outbox.dead({ limit: 3, cursor: first.nextCursor! })
    expect(second.items.map(({ jobId }) => jobId)).toEqual(expected.slice(3))
    expect(second.nextCursor).toBeUndefined()
    await expect(world.backend.outbox.dead({ limit: 3, cursor: 'x' })).rejects.toMatchObject({ code: 'INVALID_CURSOR' })
  })

  it('replays a dead delivery under its id, with all attempts before it', async () => {
    const world = await open()
    await world.node()
    const [id] = await ended(world, withHook())
    const due = await claimOne(world)
    expect(await world.backend.outbox.replay(due.delivery.id)).toBeUndefined()
    await die(world, due)
    expect(await claim(world)).toEqual([])
    const replayed = await world.backend.outbox.replay(due.delivery.id)
    expect(replayed).toMatchObject({ id: due.delivery.id, state: 'pending', attempts: 0, log: [{ status: 503 }] })
    expect((await world.backend.outbox.dead({ limit: 10 })).items).toEqual([])
    const again = await claimOne(world)
    expect(again.delivery.id).toBe(`${id}_1`)
    await world.backend.outbox.settle(again, delivered(world))
    expect(await world.backend.outbox.replay(due.delivery.id)).toBeUndefined()
  })
}

function retentionTests(open: OpenWorld): void {
  it('forgets deliveries with their job', async () => {
    const world = await open()
    await world.node()
    const [id] = await ended(world, withHook({ resultTtlSeconds: 60 }))
    await world.backend.outbox.settle(await claimOne(world), delivered(world))
    await world.advance(59_000)
    expect(await world.backend.outbox.ofJob(id!)).toHaveLength(1)
    await world.advance(3_000)
    expect(await world.backend.jobs.find(id!)).toBeUndefined()
    expect(await world.backend.outbox.ofJob(id!)).toEqual([])
  })

  it('keeps a job while one of its deliveries is pending or dead', async () => {
    const world = await open()
    await world.node()
    const [pending] = await ended(world, withHook({ resultTtlSeconds: 60 }))
    await retry(world, await claimOne(world), 100_000)
    const [dead] = await ended(world, withHook({ resultTtlSeconds: 60 }))
    await die(world, await claimOne(world))
    await world.advance(90_000)
    expect((await world.backend.jobs.find(pending!))?.status).toBe('finished')
    expect((await world.backend.jobs.find(dead!))?.status).toBe('finished')
    await world.advance(10_000)
    const due = await claimOne(world)
    expect(due.job.id).toBe(pending)
    await world.backend.outbox.settle(due, delivered(world))
    await world.advance(3_000)
    expect(await world.backend.jobs.find(pending!)).toBeUndefined()
    await world.backend.outbox.replay(`${dead}_1`)
    await world.backend.outbox.settle(await claimOne(world), delivered(world))
    await world.advance(3_000)
    expect(await world.backend.jobs.find(dead!)).toBeUndefined()
  })
}

/** For backends whose store outlives the process. */
export function outboxRestartContract(open: OpenWorld): void {
  it('keeps deliveries, their schedule and the dead', async () => {
    const world = await open()
    await world.node()
    const [waiting] = await ended(world, withHook())
    await retry(world, await claimOne(world), 30_000)
    const [dead] = await ended(world, withHook())
    await die(world, await claimOne(world))
    const [claimed] = await ended(world, withHook({}, { timeoutSeconds: 1 }))
    await claimOne(world)
    await world.reopen()
    await world.node()
    expect((await world.backend.outbox.dead({ limit: 10 })).items.map(({ jobId }) => jobId)).toEqual([dead])
    await world.advance(15_000)
    const taken = await claimOne(world)
    expect(taken.delivery).toMatchObject({ jobId: claimed, attempts: 0 })
    await world.backend.outbox.settle(taken, delivered(world))
    await world.advance(14_000)
    expect(await claim(world)).toEqual([])
    const due = nextDue(world)
    expect(await claim(world)).toEqual([])
    await world.advance(1_000)
    await due
    expect((await claimOne(world)).delivery).toMatchObject({ jobId: waiting, attempts: 1, log: [{ status: 503 }] })
    expect((await world.backend.outbox.replay(`${dead}_1`))?.state).toBe('pending')
  })
}
