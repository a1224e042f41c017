import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobRecord, JobWebhook, Logger } from '@netpulse/core'
import { asNodeId, newIncarnation, Secret, silentLogger, webhookEndEvents } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import type { Notifier, WebhookTarget } from '@netpulse/plugin-sdk'
import type { QueueBackend } from '@netpulse/queue'
import { createInProcessBackend } from '@netpulse/queue'
import { sampleJob, success } from '@netpulse/queue/testing'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it } from 'vitest'
import type { WebhookPoolOptions } from '../../src/index.js'
import { basicNotifier, createGuardedHttp, createSigner, WebhookPool, WebhookTally } from '../../src/index.js'
import { endless, Receiver, silence, status } from '../../src/testing/index.js'

const secret = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`
const node = asNodeId('node-1')
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function receiver(...args: Parameters<typeof Receiver.start>): Promise<Receiver> {
  const started = await Receiver.start(...args)
  ends.push(() => started.stop())
  return started
}

/** A backend with a pool that delivers what its jobs tell. */
class Bench {
  readonly clock: FakeClock
  readonly backend: QueueBackend
  readonly pool: WebhookPool
  readonly tally = new WebhookTally()
  readonly targets = new Map<string, WebhookTarget>()

  constructor(store: string, clock: FakeClock, options: Partial<WebhookPoolOptions> & { readonly allow?: string[] }) {
    this.clock = clock
    this.backend = createInProcessBackend({ store, clock })
    const http = createGuardedHttp({ allow: options.allow ?? ['127.0.0.1'] })
    this.pool = new WebhookPool({
      outbox: this.backend.outbox,
      http,
      signer: createSigner([new Secret(secret)]),
      notifierOf: async () => basicNotifier,
      targetOf: (job) => JSON.parse(job.request.webhook!.sealedTarget) as WebhookTarget,
      clock,
      log: silentLogger,
      counter: this.tally,
      ...options,
    })
    ends.push(async () => {
      await this.pool.stop()
      await this.backend.stop()
      await http.close()
    })
  }

  static async start(
    options: Partial<WebhookPoolOptions> & {
      readonly allow?: string[]
      readonly store?: string
      readonly clock?: FakeClock
    } = {},
  ): Promise<Bench> {
    const { store = 'memory:', clock = new FakeClock(), ...rest } = options
    const bench = new Bench(store, clock, rest)
    await bench.backend.start()
    const info = { node, incarnation: newIncarnation(), hostname: 'h', pid: 1, capacity: 100, startedAt: clock.now() }
    await bench.backend.nodes.register(info, () => [])
    bench.pool.start()
    return bench
  }

  /** Runs a job to its end whose webhook goes to a URL. */
  async end(url: string, change: Partial<JobWebhook> = {}, target: Partial<WebhookTarget> = {}): Promise<JobRecord> {
    const job = sampleJob({}, this.clock.now())
    const full: WebhookTarget = { url, method: 'POST', headers: {}, cookies: {}, ...target }
    const webhook: JobWebhook = {
      name: 'basic',
      events: webhookEndEvents,
      origin: new URL(url).origin,
      timeoutSeconds: 5,
      maxRetries: 2,
      retryIntervalsSeconds: [10, 30],
      sealedTarget: JSON.stringify(full),
      ...change,
    }
    await this.backend.jobs.submit([{ job: { ...job, request: { ...job.request, webhook } }, nodes: [node] }])
    const lease = await this.backend.leases.find(job.request.device.id)
    const { claim } = (await this.backend.mailboxes.take(lease!, 'worker'))!
    return this.backend.jobs.finish(claim, success)
  }

  /** The delivery of a job, once it is as a test wants it: looked at with each attempt that was counted. */
  async settled(job: JobRecord, attempts: number) {
    for (;;) {
      const [delivery] = await this.backend.outbox.ofJob(job.id)
      if (delivery !== undefined && delivery.attempts >= attempts) return delivery
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

describe('a webhook', () => {
  it('is sent with the payload of the reference, and a signature that its library accepts', async () => {
    const target = await receiver()
    const bench = await Bench.start({ clock: new FakeClock(new Date()) })
    const job = await bench.end(
      `${target.url}/in?a=b`,
      {},
      { headers: { 'X-One': '1' }, cookies: { c: 'd', e: 'f' }, auth: ['user', 'pa:ss'] },
    )
    const [received] = await target.got(1)
    expect(received).toMatchObject({ method: 'POST', path: '/in?a=b' })
    expect(received!.headers).toMatchObject({
      'content-type': 'application/json',
      'x-one': '1',
      cookie: 'c=d; e=f',
      authorization: `Basic ${Buffer.from('user:pa:ss').toString('base64')}`,
      'webhook-id': `${job.id}_1`,
    })
    const headers = received!.headers as Record<string, string>
    expect(new Webhook(secret).verify(received!.body, headers)).toEqual({
      id: job.id,
      status: 'finished',
      outcome: 'succeeded',
      event_type: 'job.completed',
      final: true,
      timestamp: job.endedAt!.toISOString(),
      started_at: job.startedAt!.toISOString(),
      ended_at: job.endedAt!.toISOString(),
      duration: 0,
      result: { type: 'successful', retval: [], error: null },
      device: { host: 'r1', device_type: null },
      task_id: null,
      device_name: 'r1',
      command: ['show version'],
    })
    expect(await bench.settled(job, 1)).toMatchObject({ state: 'delivered', log: [{ status: 204, delivered: true }] })
    expect(bench.tally.counts).toEqual({ delivered: 1, retried: 0, dead: 0 })
  })

  it('is tried again on its schedule under one id, then is dead, and can be replayed', async () => {
    const target = await receiver(status(503))
    const bench = await Bench.start()
    const job = await bench.end(target.url)
    await bench.settled(job, 1)
    await bench.clock.advance(9_999)
    expect(target.received).toHaveLength(1)
    await bench.clock.advance(1)
    await bench.settled(job, 2)
    await bench.clock.advance(29_999)
    expect(target.received).toHaveLength(2)
    await bench.clock.advance(1)
    const dead = await bench.settled(job, 3)
    expect(dead).toMatchObject({ state: 'dead', attempts: 3 })
    expect(dead.log.map(({ status: code, error }) => [code, error?.code])).toEqual(
      Array(3).fill([503, 'RECEIVER_REFUSED']),
    )
    expect(new Set(target.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([dead.id]))
    expect(new Set(target.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3)
    expect(bench.tally.counts).toEqual({ delivered: 0, retried: 2, dead: 1 })
    target.answer = status(200)
    await bench.backend.outbox.replay(dead.id)
    await target.got(4)
    expect(await bench.settled(job, 1)).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(target.received[3]?.headers['webhook-id']).toBe(dead.id)
  })

  it('keeps its schedule over a restart', async () => {
    const store = await mkdtemp(join(tmpdir(), 'netpulse-hooks-'))
    ends.push(() => rm(store, { recursive: true }))
    const clock = new FakeClock()
    const target = await receiver(status(500))
    const first = await Bench.start({ store, clock })
    const job = await first.end(target.url)
    await first.settled(job, 1)
    await first.pool.stop()
    await first.backend.stop()
    await clock.advance(5_000)
    target.answer = status(204)
    const second = await Bench.start({ store, clock })
    await clock.advance(4_999)
    expect(target.received).toHaveLength(1)
    await clock.advance(1)
    await target.got(2)
    expect(await second.settled(job, 2)).toMatchObject({ state: 'delivered', attempts: 2 })
  })

  it.each([
    { name: 'a redirect to loopback', url: '/', answer: status(307, { location: 'http://127.0.0.2:9/' }) },
    { name: 'a name that leads to loopback', url: 'http://localhost:9/', answer: status(204), allow: [] },
    { name: 'an address that is not allowed', url: 'http://127.0.0.3:9/', answer: status(204) },
  ])('is not sent to $name, not even again', async ({ url, answer, allow = ['127.0.0.1'] }) => {
    const target = await receiver(answer)
    const bench = await Bench.start({ allow })
    const job = await bench.end(url === '/' ? target.url : url)
    const dead = await bench.settled(job, 1)
    expect(dead).toMatchObject({ state: 'dead', attempts: 1, log: [{ error: { code: 'ADDRESS_FORBIDDEN' } }] })
  })

  it('ends for good when the receiver says that it wants no more', async () => {
    const target = await receiver(status(410))
    const bench = await Bench.start()
    const job = await bench.end(target.url)
    expect(await bench.settled(job, 1)).toMatchObject({ state: 'dead', log: [{ error: { code: 'RECEIVER_GONE' } }] })
  })

  it('has failed when it is redirected and its body would be lost', async () => {
    const target = await receiver(status(302, { location: '/other' }))
    const bench = await Bench.start()
    const job = await bench.end(target.url)
    expect(await bench.settled(job, 1)).toMatchObject({ state: 'pending', log: [{ status: 302 }] })
    expect(target.received).toHaveLength(1)
  })

  it('is tried again when the receiver is silent, or answers too late', async () => {
    let answer = (): void => undefined
    const target = await receiver((response) => (answer = () => void response.writeHead(200).end()))
    const bench = await Bench.start()
    const job = await bench.end(target.url, { timeoutSeconds: 2 })
    await target.got(1)
    await bench.clock.advance(2_000)
    const failed = await bench.settled(job, 1)
    answer()
    expect(failed).toMatchObject({
      state: 'pending',
      log: [{ durationMs: 2_000, error: { code: 'RECEIVER_TIMEOUT' } }],
    })
    target.answer = status(204)
    await bench.clock.advance(10_000)
    expect(await bench.settled(job, 2)).toMatchObject({ state: 'delivered' })
  })

  it('is delivered when the receiver answers with a body that does not end', async () => {
    const target = await receiver(endless)
    const bench = await Bench.start()
    const job = await bench.end(target.url)
    expect(await bench.settled(job, 1)).toMatchObject({ state: 'delivered', log: [{ status: 200 }] })
  })

  it('does not wait behind those of a receiver that is silent', async () => {
    const [slow, quick] = [await receiver(silence), await receiver()]
    const bench = await Bench.start({ concurrency: 6, perOrigin: 2 })
    for (let count = 0; count < 20; count++) await bench.end(slow.url)
    await slow.got(2)
    const jobs: JobRecord[] = []
    for (let count = 0; count < 20; count++) jobs.push(await bench.end(quick.url))
    for (const job of jobs) expect((await bench.settled(job, 1)).state).toBe('delivered')
    expect(slow.received).toHaveLength(2)
    slow.answer = status(204)
    await bench.clock.advance(5_000)
    await slow.got(20)
  })

  it('is given back at a stop, without an attempt', async () => {
    const target = await receiver(silence)
    const bench = await Bench.start()
    const job = await bench.end(target.url)
    await target.got(1)
    await bench.pool.stop()
    expect(await bench.backend.outbox.ofJob(job.id)).toMatchObject([{ state: 'pending', attempts: 0, log: [] }])
    const claimed = await bench.backend.outbox.claim({ most: 1, perOrigin: 1, busy: new Map() })
    expect(claimed).toHaveLength(1)
  })

  it('goes to the notifier that its request names; what that throws is logged and tried again', async () => {
    const logged: string[] = []
    const log: Logger = { ...silentLogger, error: (_fields, text) => void logged.push(text) }
    const sent: unknown[] = []
    const notifier: Notifier = {
      send: async ({ id, event, attempt }) => {
        sent.push([id, event, attempt])
        if (attempt === 1) throw new TypeError('a bug in the plugin')
        return {}
      },
    }
    const names: string[] = []
    const notifierOf = async (name: string): Promise<Notifier> => {
      names.push(name)
      return notifier
    }
    const bench = await Bench.start({ notifierOf, log })
    const job = await bench.end('https://chat.example.net/', { name: 'chat' })
    expect(await bench.settled(job, 1)).toMatchObject({ state: 'pending', log: [{ error: { code: 'INTERNAL' } }] })
    expect(logged).toEqual(['A notifier threw.'])
    await bench.clock.advance(10_000)
    expect(await bench.settled(job, 2)).toMatchObject({ state: 'delivered' })
    expect(names).toEqual(['chat', 'chat'])
    expect(sent).toEqual([1, 2].map((attempt) => [`${job.id}_1`, 'job.completed', attempt]))
  })

  it('ends in time with a notifier that does not listen to its signal', async () => {
    const bench = await Bench.start({ notifierOf: async () => ({ send: () => new Promise(() => undefined) }) })
    const job = await bench.end('https://chat.example.net/')
    await new Promise((resolve) => setImmediate(resolve))
    await bench.clock.advance(5_000)
    expect(await bench.settled(job, 1)).toMatchObject({ log: [{ error: { code: 'RECEIVER_TIMEOUT' } }] })
  })
})
