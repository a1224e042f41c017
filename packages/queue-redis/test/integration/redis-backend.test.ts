import type { NewJob } from '@netpulse/core'
import { asDeviceId, webhookEndEvents } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { sampleJob, success } from '@netpulse/queue/testing'
import { afterEach, expect, it } from 'vitest'
import { ClusterProcess, nodeA } from '../support/cluster-process.js'
import { startLossyProxy } from '../support/lossy-proxy.js'
import { describeOwnRedis, describeRedis, RedisBench } from '../support/redis.js'

const r1 = asDeviceId('r1')
/** The job, whose end somebody wants to hear of. */
const withWebhook = (job: NewJob): NewJob => ({
  ...job,
  request: {
    ...job.request,
    webhook: {
      name: 'basic',
      events: webhookEndEvents,
      origin: 'https://hooks.example.net',
      timeoutSeconds: 5,
      maxRetries: 0,
      retryIntervalsSeconds: [10],
      sealedTarget: 'sealed',
    },
  },
})

const signal = (): AbortSignal => AbortSignal.timeout(15_000)

describeRedis('processes on one Redis', () => {
  const bench = new RedisBench()
  afterEach(() => bench.close())

  async function start(options: Parameters<typeof ClusterProcess.start>[0], clock?: FakeClock) {
    const outbox = { pendingMs: 120_000, deadMs: 120_000 }
    const one = await ClusterProcess.start(
      options,
      clock === undefined ? {} : { clock, leaseTtlMs: 10_000_000, maxEvents: 10_000, outbox },
    )
    bench.onEnd(() => one.stop())
    return one
  }

  it('wait for, follow and cancel the jobs of each other', async () => {
    const place = await bench.place()
    const [controller, other, worker] = [await start(place), await start(place), await start(place)]
    await worker.node()
    const [first, second] = [sampleJob(), sampleJob()]
    await controller.submit([first, second])
    const ended = other.backend.jobs.ended(first.id, signal())
    const events = other.backend.jobs.events({ jobId: first.id, signal: signal() })[Symbol.asyncIterator]()
    const types = [(await events.next()).value?.type]
    const { claim } = await worker.take(r1)
    types.push((await events.next()).value?.type)
    await worker.backend.jobs.finish(claim, success)
    expect(await ended).toMatchObject({ id: first.id, status: 'finished', outcome: 'succeeded' })
    types.push((await events.next()).value?.type)
    expect(types).toEqual(['queued', 'started', 'ended'])
    const running = await worker.take(r1)
    const aborted = new Promise((resolve) => running.signal.addEventListener('abort', resolve))
    expect(await other.backend.jobs.cancel(second.id)).toBe('cancel_requested')
    await aborted
    expect(running.signal.reason).toMatchObject({ code: 'CANCELED' })
  })

  it('are told about work by whoever submits', async () => {
    const place = await bench.place()
    const [controller, worker] = [await start(place), await start(place)]
    const { incarnation } = await worker.node()
    const told = new Promise((resolve) => worker.backend.mailboxes.onWork(incarnation, resolve))
    await controller.submit([sampleJob()])
    expect(await told).toBe('r1')
  })

  it('use as many connections for a thousand pinned devices as for one', async () => {
    const place = await bench.place()
    const [controller, worker] = [await start(place), await start(place)]
    const consumer = await worker.node()
    await worker.backend.work.consume(consumer, async ({ claim }) => {
      await worker.backend.jobs.finish(claim, success)
    })
    const client = bench.client(place.url)
    const connections = async (): Promise<number> =>
      String(await client.client('LIST'))
        .split('\n')
        .filter((line) => line.includes('name=netpulse-')).length
    const run = async (device: string): Promise<void> => {
      const { claim } = await worker.take(asDeviceId(device))
      await worker.backend.jobs.finish(claim, success)
    }
    await controller.submit([sampleJob({ device: 'd0' })])
    await run('d0')
    const withOne = await connections()
    const devices = Array.from({ length: 1000 }, (_, index) => `d${index}`)
    await controller.submit(devices.map((device) => sampleJob({ device })))
    await Promise.all(devices.map(run))
    expect(await worker.backend.leases.heldBy(consumer.incarnation)).toHaveLength(1000)
    expect(await connections()).toBe(withOne)
    // Commands and subscriptions for each process, and what the FIFO worker waits on.
    expect(withOne).toBe(5)
  })

  it('tell each other about webhook deliveries, and take over those of a process that is gone', async () => {
    const place = await bench.place()
    const clock = new FakeClock()
    const [worker, sender] = [await start(place, clock), await start(place, clock)]
    await worker.node()
    let ring = (): void => undefined
    const rung = new Promise<void>((resolve) => (ring = resolve))
    const leave = sender.backend.outbox.onDue(() => ring())
    const job = withWebhook(sampleJob({}, clock.now()))
    await worker.submit([job])
    await worker.backend.jobs.finish((await worker.take(r1)).claim, success)
    await rung
    const request = { most: 10, perOrigin: 10, busy: new Map() }
    const [first] = await worker.backend.outbox.claim(request)
    await worker.stop()
    expect(await sender.backend.outbox.claim(request)).toEqual([])
    const again = new Promise<void>((resolve) => (ring = resolve))
    await clock.advance(15_000)
    await again
    const [second] = await sender.backend.outbox.claim(request)
    expect(second!.delivery.id).toBe(first!.delivery.id)
    leave()
  })

  it('leave nothing of jobs with webhooks behind, whatever became of their deliveries', async () => {
    const place = await bench.place()
    const clock = new FakeClock()
    const one = await start(place, clock)
    await one.node()
    const jobs = Array.from({ length: 30 }, () => withWebhook(sampleJob({ resultTtlSeconds: 60 }, clock.now())))
    await one.submit(jobs)
    for (const _ of jobs) await one.backend.jobs.finish((await one.take(r1)).claim, success)
    const due = await one.backend.outbox.claim({ most: 20, perOrigin: 20, busy: new Map() })
    const attempt = { at: clock.now(), durationMs: 1, delivered: true, status: 200 }
    for (const [index, delivery] of due.entries())
      await one.backend.outbox.settle(delivery, { state: index < 10 ? 'delivered' : 'dead', attempt })
    const client = bench.client(place.url)
    const left = async (): Promise<readonly string[]> =>
      (await client.keys(`{${place.keyPrefix}}:*`)).map((key) => key.slice(place.keyPrefix!.length + 3)).sort()
    expect(await left()).toContain('hd')
    const isEmpty = async (): Promise<boolean> => (await client.zcard(`{${place.keyPrefix}}:x:a`)) === 0
    while (!(await isEmpty())) await clock.advance(1000)
    expect((await left()).filter((key) => /^(h|j)/.test(key))).toEqual(['hseq'])
  })

  it(
    'leave nothing of a hundred thousand jobs behind, and never walk over all keys',
    { timeout: 120_000 },
    async () => {
      const place = await bench.place()
      const clock = new FakeClock()
      const one = await start(place, clock)
      const consumer = await one.node()
      const client = bench.client(place.url)
      const keys = async (): Promise<readonly string[]> => {
        const found: string[] = []
        const prefix = `{${place.keyPrefix}}:`
        for await (const page of client.scanStream({ match: `${prefix}*`, count: 10_000 }))
          found.push(...(page as string[]).map((key) => key.slice(prefix.length)))
        return found.sort()
      }
      const now = clock.now()
      const job = (device: string) => sampleJob({ device, ttlSeconds: 50, resultTtlSeconds: 60, tags: ['core'] }, now)
      await client.config('RESETSTAT')
      for (let round = 0; round < 200; round++) {
        const devices = Array.from({ length: 500 }, (_, index) => `d${index % 50}`)
        const jobs = devices.map(job)
        await one.submit(jobs)
        // One in ten runs, half of the others are canceled, the rest expires.
        await Promise.all(
          devices.slice(0, 50).map(async (device) => {
            await one.backend.jobs.finish((await one.take(asDeviceId(device))).claim, success)
          }),
        )
        await Promise.all(jobs.slice(250).map(({ id }) => one.backend.jobs.cancel(id)))
      }
      // The statistics are the server's: with one that others use they say nothing about us.
      if (process.env['REDIS_URL'] === undefined) {
        const used = await client.info('commandstats')
        expect(used).not.toMatch(/cmdstat_(keys|scan|flushall|flushdb):/)
      }
      // The rest expires, and the retention of all ends.
      const isEmpty = async (): Promise<boolean> => (await client.zcard(`{${place.keyPrefix}}:x:a`)) === 0
      while (!(await isEmpty())) await clock.advance(1000)
      for (const lease of await one.backend.leases.heldBy(consumer.incarnation)) {
        expect(await one.backend.leases.release(lease)).toBe(true)
      }
      // The node, the counters, and the log of events, which is bounded.
      const node = `i:${consumer.incarnation}`
      expect(await keys()).toEqual(['alive', 'eseq', 'ev', node, 'nodes', 'seq', 'tok'])
      expect(await client.xlen(`{${place.keyPrefix}}:ev`)).toBeLessThan(11_000)
    },
  )
})

describeOwnRedis('a backend whose Redis fails', () => {
  const bench = new RedisBench()
  afterEach(() => bench.close())

  it.each(['submit', 'take', 'journal', 'finish', 'retry'] as const)(
    'does once what it is asked when the answer to %s is lost',
    async (step) => {
      const server = await bench.server()
      const proxy = await startLossyProxy(server.url)
      bench.onEnd(() => proxy.close())
      const one = await ClusterProcess.start({ url: proxy.url })
      bench.onEnd(() => one.stop())
      const watcher = await ClusterProcess.start({ url: server.url })
      bench.onEnd(() => watcher.stop())
      await one.node()
      const job = sampleJob()
      /** The step that is tried loses its answer; the connection comes back. */
      const lossy = async <Answer>(name: string, act: () => Promise<Answer>): Promise<Answer> => {
        if (name !== step) return act()
        const lost = proxy.loseAnswers()
        const answer = act()
        await lost
        proxy.cut()
        return answer
      }
      expect((await lossy('submit', () => one.submit([job])))[0]).toMatchObject({ job: { id: job.id } })
      const delivery = await lossy('take', () => one.take(r1))
      expect(delivery).toMatchObject({ job: { id: job.id, attempt: 1 } })
      const answer = { command: 'x', stdout: '', stderr: '', exitStatus: 0, failure: null, metadata: metadata }
      const entry = { phase: 'line_acked', line: 0 } as const
      await lossy('journal', () => one.backend.jobs.journal(delivery.claim, entry, [answer]))
      expect((await watcher.backend.jobs.find(job.id))?.progress).toHaveLength(1)
      if (step === 'retry') {
        const error = { code: 'X', kind: 'unavailable', message: 'x', retryable: true } as const
        await lossy('retry', () => one.backend.jobs.retry(delivery.claim, 0, error))
        expect((await one.take(r1)).job.attempt).toBe(2)
        return
      }
      const record = await lossy('finish', () => one.backend.jobs.finish(delivery.claim, success))
      expect(record).toEqual(await watcher.backend.jobs.find(job.id))
      const types: string[] = []
      for await (const { type } of watcher.backend.jobs.events({ jobId: job.id, signal: signal() })) types.push(type)
      expect(types).toEqual(['queued', 'started', 'line', 'ended'])
    },
  )

  it('goes on after a restart of Redis, with its scripts, its subscriptions and its jobs', async () => {
    const server = await bench.server({ appendonly: true })
    const [controller, worker] = [
      await ClusterProcess.start({ url: server.url }, { leaseTtlMs: 60_000 }),
      await ClusterProcess.start({ url: server.url }, { leaseTtlMs: 60_000 }),
    ]
    bench.onEnd(() => controller.stop())
    bench.onEnd(() => worker.stop())
    const consumer = await worker.node(nodeA)
    const loop = await worker.backend.work.consume(consumer, async ({ claim }) => {
      await worker.backend.jobs.finish(claim, success)
    })
    const before = sampleJob()
    await controller.submit([before])
    const waiting = controller.backend.jobs.ended(before.id, signal())
    await server.kill()
    await server.restart()
    const told = new Promise((resolve) => worker.backend.mailboxes.onWork(consumer.incarnation, resolve))
    expect(await told).toBe('r1')
    await worker.backend.jobs.finish((await worker.take(r1)).claim, success)
    expect(await waiting).toMatchObject({ status: 'finished' })
    const fifo = sampleJob({ device: 'r2', strategy: 'fifo' })
    await controller.submit([fifo])
    expect(await controller.backend.jobs.ended(fifo.id, signal())).toMatchObject({ status: 'finished' })
    await loop.drain()
  })
})

const metadata = { host: 'r1', durationSeconds: 0, sessionReused: false }
