import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { JobId } from '@netpulse/core'
import { Receiver, silence, status } from '@netpulse/webhooks/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { createNetPulse } from '../../src/create-netpulse.js'
import type { Engine } from '../../src/engine.js'
import type { NetPulse, NetPulseOptions } from '../../src/netpulse.js'
import type { BenchOptions } from '../support/engine-bench.js'
import { KeptLog, request, run, startBench } from '../support/engine-bench.js'
import { ScriptedNetwork } from '../support/scripted-driver.js'

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url))
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function receiver(...args: Parameters<typeof Receiver.start>): Promise<Receiver> {
  const started = await Receiver.start(...args)
  ends.push(() => started.stop())
  return started
}

async function bench(
  options: BenchOptions = {},
): Promise<{ readonly engine: Engine; readonly network: ScriptedNetwork }> {
  const network = new ScriptedNetwork()
  const engine = await startBench(network, { webhooks: { allow: ['127.0.0.1'] }, ...options })
  ends.push(() => engine.close())
  return { engine, network }
}

/** The first delivery of a job once it has left `pending`, or had so many attempts. */
async function settled(netpulse: NetPulse, id: JobId, attempts = Infinity) {
  for (;;) {
    const [delivery] = await netpulse.deliveries(id)
    if (delivery !== undefined && (delivery.state !== 'pending' || delivery.attempts >= attempts)) return delivery
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const bodies = (target: Receiver) =>
  target.received.map(({ body }) => JSON.parse(body) as { event_type: string; status: string; outcome: string | null })

describe('the webhook of a job', () => {
  it('is told how it ended, with the results', async () => {
    const target = await receiver()
    const { engine } = await bench()
    const { id } = await run(engine, 'r1', { command: 'show x', webhook: { url: target.url } })
    const [received] = await target.got(1)
    const payload = JSON.parse(received!.body) as { result: { retval: readonly { command: string }[] } }
    expect(payload).toMatchObject({ id, status: 'finished', event_type: 'job.completed', device: { host: 'r1' } })
    expect(payload.result.retval).toMatchObject([{ command: 'show x', exit_status: 0, metadata: { host: 'r1' } }])
    expect(received!.headers).not.toHaveProperty('webhook-signature')
    expect((await settled(engine, id)).state).toBe('delivered')
    expect(engine.webhookCounts).toEqual({ delivered: 1, retried: 0, dead: 0 })
  })

  it('is told of a start when it asks for it, and of a cancel', async () => {
    const target = await receiver()
    const { engine, network } = await bench()
    network.device('r1').on('show x', { do: 'wait', until: new Promise(() => undefined) })
    const webhook = { url: target.url, events: ['job.started', 'job.canceled'] } as const
    const { id } = await engine.submit(request('r1', { command: 'show x', webhook }))
    await target.got(1)
    const waiting = await engine.submit(request('r1', { command: 'show y', webhook }))
    await engine.cancel(waiting.id)
    await target.got(2)
    await engine.cancel(id)
    await target.got(3)
    expect(bodies(target).map(({ event_type, status: word }) => [event_type, word])).toEqual([
      ['job.started', 'started'],
      ['job.canceled', 'canceled'],
      ['job.canceled', 'canceled'],
    ])
  })

  it('is told of an expiry', async () => {
    const target = await receiver()
    const { engine, network } = await bench()
    network.device('r1').on('show x', { do: 'wait', until: new Promise(() => undefined) })
    const first = await engine.submit(request('r1', { command: 'show x' }))
    await engine.submit(request('r1', { command: 'show y', ttlSeconds: 1, webhook: { url: target.url } }))
    await target.got(1)
    expect(bodies(target)).toMatchObject([{ event_type: 'job.expired', status: 'expired', outcome: 'expired' }])
    await engine.cancel(first.id)
  })

  it('is dead after its last retry, is listed, and is replayed under its id', async () => {
    const target = await receiver(status(500))
    const logger = new KeptLog()
    const { engine } = await bench({ logger })
    const webhook = { url: `${target.url}/t0ken`, maxRetries: 2, retryIntervalsSeconds: [0.01] }
    const { id } = await run(engine, 'r1', { command: 'show x', webhook })
    const dead = await settled(engine, id)
    expect(dead).toMatchObject({ state: 'dead', attempts: 3, origin: target.url })
    expect((await engine.deadDeliveries({ limit: 10 })).items).toEqual([dead])
    expect(logger.entries.join()).toMatch(/A webhook was given up/)
    expect(logger.entries.join()).not.toMatch(/t0ken/)
    target.answer = status(200)
    expect(await engine.replayDelivery(dead.id)).toMatchObject({ state: 'pending' })
    await target.got(4)
    expect(await settled(engine, id)).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(new Set(target.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([dead.id]))
  })

  it('reaches no inner address unless the operator allows it', async () => {
    const target = await receiver()
    const { engine } = await bench({ webhooks: {} })
    const local = { url: target.url.replace('127.0.0.1', 'localhost') }
    const { id } = await run(engine, 'r1', { command: 'show x', webhook: local })
    expect(await settled(engine, id)).toMatchObject({ state: 'dead', log: [{ error: { code: 'ADDRESS_FORBIDDEN' } }] })
    await expect(
      engine.submit(request('r1', { command: 'show x', webhook: { url: target.url } })),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    expect(target.received).toEqual([])
  })

  it('has no deliveries without a job, and an unknown notifier is refused with those there are', async () => {
    const { engine } = await bench()
    await expect(engine.deliveries('nobody' as JobId)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
    const webhook = { url: 'https://example.net', name: 'pigeon' }
    await expect(engine.submit(request('r1', { command: 'show x', webhook }))).rejects.toMatchObject({
      details: { errors: [{ path: 'webhook.name', message: 'No notifier has this name; there is: basic.' }] },
    })
  })

  it.each([
    { name: 'a secret', webhooks: { secret: 'changeme' } },
    { name: 'a range', webhooks: { allow: ['10.0.0.0/33'] } },
  ])('needs $name that is one', async ({ webhooks }) => {
    await expect(startBench(new ScriptedNetwork(), { webhooks })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('kill -9 between the attempt and its record', () => {
  it('the event is sent again under the same id, and no secret of the webhook is in the store', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netpulse-hooks-'))
    ends.push(() => rm(folder, { recursive: true }))
    await cp(join(fixtures, 'netpulse-driver-crash'), join(folder, 'node_modules/@acme/netpulse-driver-crash'), {
      recursive: true,
    })
    const target = await receiver(silence)
    const options: NetPulseOptions = {
      store: join(folder, 'store'),
      appDir: folder,
      plugins: { '@acme/netpulse-driver-crash': { log: join(folder, 'inputs.log'), hangAt: '' } },
      webhooks: { allow: ['127.0.0.1'], secret: `whsec_${Buffer.alloc(32, 'k').toString('base64')}` },
    }
    const canaries = ['canary-path', 'canary-pass', 'canary-head', 'canary-cook']
    const webhook = {
      url: `${target.url}/${canaries[0]}`,
      auth: ['user', canaries[1]!],
      headers: { 'x-key': canaries[2]! },
      cookies: { session: canaries[3]! },
    } as const
    const requests = [{ driver: 'crash', connectionArgs: { host: 'r1', password: 'x' }, command: 'show x', webhook }]
    const child = fork(join(fixtures, 'crash-child.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    ends.push(() => child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
    child.send({ options, requests })
    await target.got(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    for (const name of await readdir(join(folder, 'store'))) {
      const bytes = await readFile(join(folder, 'store', name))
      for (const canary of canaries) expect(bytes.includes(canary), `${canary} in ${name}`).toBe(false)
    }
    target.answer = status(200)
    const netpulse = await createNetPulse(options)
    ends.push(() => netpulse.close())
    const [first, second] = await target.got(2)
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
    expect(second!.headers).toMatchObject({ 'x-key': canaries[2], cookie: `session=${canaries[3]}` })
    expect(second!.body).toBe(first!.body)
    const { id } = JSON.parse(second!.body) as { id: JobId }
    expect(await settled(netpulse, id)).toMatchObject({ state: 'delivered', attempts: 1 })
  })
})
