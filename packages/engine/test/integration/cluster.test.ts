import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asDeviceId } from '@netpulse/core'
import type { SimulatedDevice, Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { Receiver, status } from '@netpulse/webhooks/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RedisServer } from '../../../../tools/test/redis-server.mjs'
import { redisSource, startRedis } from '../../../../tools/test/redis-server.mjs'
import { createNetPulse } from '../../src/create-netpulse.js'
import type { NetPulse, NetPulseOptions, SubmitRequest } from '../../src/netpulse.js'
import { KeptLog } from '../support/engine-bench.js'

const appDir = fileURLToPath(new URL('../../../..', import.meta.url))
const source = redisSource()
const title = source.kind === 'program' ? 'on Redis' : `on Redis (skipped: it needs a redis-server of its own)`

describe.skipIf(source.kind !== 'program')(title, () => {
  let redis: RedisServer
  let simulator: Simulator
  let folder: string
  const open: NetPulse[] = []
  const log = new KeptLog()
  let prefix = 0

  beforeAll(async () => {
    ;[redis, simulator] = await Promise.all([startRedis({ appendonly: true }), startSimulator()])
    folder = await mkdtemp(join(tmpdir(), 'netpulse-cluster-'))
  })

  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()))
    await Promise.all(simulator.devices.map((device) => device.remove()))
    prefix++
  })

  afterAll(async () => {
    await Promise.all([redis.stop(), simulator.stop()])
    await rm(folder, { recursive: true, force: true })
  })

  /** A process of the cluster, with a folder of its own and the keyring of all. */
  async function start(name: string, options: NetPulseOptions = {}): Promise<NetPulse> {
    const one = await createNetPulse({
      store: join(folder, name),
      keyringFile: join(folder, 'keyring.json'),
      redis: { url: redis.url, keyPrefix: `test-${prefix}` },
      appDir,
      logger: log,
      ...options,
    })
    open.push(one)
    return one
  }

  const add = (name: string): Promise<SimulatedDevice> => simulator.add({ name, platform: 'cisco_iosxe' })

  function requestFor(device: SimulatedDevice, more: Partial<SubmitRequest> = {}): SubmitRequest {
    const { host, port, username, password, secret } = device
    const connectionArgs = { device_type: 'cisco_iosxe', host, port, username, password, secret, device: device.name }
    return { driver: 'cli', connectionArgs, command: 'show version', ...more }
  }

  function configFor(device: SimulatedDevice, config: readonly string[]): SubmitRequest {
    const { command: _, ...rest } = requestFor(device)
    return { ...rest, config }
  }

  it('a request that was sent to two controllers under one key is one job', async () => {
    const device = await add('r1')
    const controllers = await Promise.all(['c1', 'c2'].map((name) => start(name, { work: 'none' })))
    await start('n1')
    const options = { idempotencyKey: 'change-4711' }
    const change = configFor(device, ['hostname r1'])
    const sent = await Promise.all([...controllers, ...controllers].map((one) => one.submit(change, options)))
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1)
    const ended = await controllers[0]!.wait(sent[0]!.id)
    expect(ended).toMatchObject({ outcome: 'succeeded', attempt: 1 })
    expect(await controllers[1]!.submit(change, options)).toEqual(ended)
    await expect(controllers[1]!.submit(requestFor(device), options)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    })
    expect((await controllers[1]!.list({}, { limit: 10 })).items).toHaveLength(1)
  })

  it('a controller takes a webhook in, nodes deliver it, and any process shows and replays what was given up', async () => {
    const receiver = await Receiver.start(status(503))
    const webhooks = { allow: ['127.0.0.1'] }
    const controller = await start('controller', { work: 'none', webhooks })
    const device = await add('core-hook')
    await Promise.all([start('a', { webhooks }), start('b', { webhooks })])
    const webhook = { url: receiver.url, maxRetries: 1, retryIntervalsSeconds: [0.05] }
    const { id } = await controller.submit(requestFor(device, { webhook }))
    const left = async (state: string) => {
      for (;;) {
        const [delivery] = await controller.deliveries(id)
        if (delivery?.state === state) return delivery
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const dead = await left('dead')
    expect(dead).toMatchObject({ id: `${id}_1`, event: 'job.completed', attempts: 2, log: [{ status: 503 }, {}] })
    expect((await controller.deadDeliveries({ limit: 10 })).items).toEqual([dead])
    receiver.answer = status(200)
    await controller.replayDelivery(dead.id)
    expect(await left('delivered')).toMatchObject({ attempts: 1 })
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(Array(3).fill(dead.id))
    await receiver.stop()
  })

  it('what one node finds out about a credential holds for all of them', async () => {
    const devices = await Promise.all(['l1', 'l2', 'l3', 'l4'].map(add))
    const [one, two] = [await start('one'), await start('two', { work: 'none' })]
    const codeAt = async (process: NetPulse, device: SimulatedDevice) => {
      const request = requestFor(device)
      const connectionArgs = { ...request.connectionArgs, username: 'svc', password: 'wrong' }
      return (await process.testConnection({ driver: 'cli', connectionArgs })).error?.code
    }
    const codes: (string | undefined)[] = []
    for (const device of devices) codes.push(await codeAt(codes.length < 3 ? one : two, device))
    expect(codes).toEqual([...Array(3).fill('AUTH_FAILED'), 'CREDENTIAL_PAUSED'])
    const [pause] = await two.loginPauses()
    expect(pause).toMatchObject({ scope: 'credential', refusedBy: ['l1', 'l2', 'l3'] })
    await one.endLoginPause(pause!.id)
    expect(await codeAt(two, devices[3]!)).toBe('AUTH_FAILED')
  })

  it('a controller takes jobs in, a node runs them over one session, another controller sees the end', async () => {
    const [one, two] = [await start('one', { work: 'none' }), await start('two', { work: 'none' })]
    await start('worker')
    const r1 = await add('r1')
    const query = await one.submit(requestFor(r1))
    const config = await one.submit(configFor(r1, ['hostname core-1']))
    const fifo = await two.submit(requestFor(r1, { queueStrategy: 'fifo' }))
    for (const { id } of [query, config, fifo]) {
      const seen = await two.wait(id, { timeoutMs: 15_000 })
      expect(seen).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    }
    expect(r1.stats.logins).toBe(2)
    expect(await named(one, 'pinned')).toMatch(/^pinned\/r1@/)
  })

  it('says that there is no worker while there are controllers only', async () => {
    const controller = await start('one', { work: 'none' })
    const r1 = await add('r1')
    await expect(controller.submit(requestFor(r1))).rejects.toMatchObject({ code: 'NO_WORKER' })
  })

  it('nodes that do one kind of work get no other', async () => {
    const controller = await start('one', { work: 'none' })
    await start('fifo', { work: 'fifo' })
    const r1 = await add('r1')
    await expect(controller.submit(requestFor(r1))).rejects.toMatchObject({ code: 'NO_WORKER' })
    await start('node', { work: 'node' })
    const types = (await controller.workers()).map(({ type, node }) => `${type} ${node.capacity > 0}`)
    expect(types.sort()).toEqual(['fifo false', 'node false', 'node true'])
    const { id } = await controller.submit(requestFor(r1))
    expect(await controller.wait(id, { timeoutMs: 15_000 })).toMatchObject({ status: 'finished' })
  })

  it('makes room on a full node of another process by a device that rests', async () => {
    const controller = await start('one', { work: 'none' })
    await start('worker', { capacity: 1 })
    const [r1, r2] = [await add('r1'), await add('r2')]
    for (const device of [r1, r2]) {
      const { id } = await controller.submit(requestFor(device))
      expect(await controller.wait(id, { timeoutMs: 15_000 })).toMatchObject({ status: 'finished' })
    }
    expect(r1.stats.openConnections).toBe(0)
  })

  it('ends a pinned worker of another process, its session too', async () => {
    const controller = await start('one', { work: 'none' })
    await start('worker')
    const r1 = await add('r1')
    const { id } = await controller.submit(requestFor(r1))
    await controller.wait(id, { timeoutMs: 15_000 })
    const name = await named(controller, 'pinned')
    expect(await controller.endWorker('pinned/nobody')).toBe(false)
    expect(await controller.endWorker(name)).toBe(true)
    await gone(controller, name)
    expect(r1.stats.openConnections).toBe(0)
  })

  it('tells a process whose node was ended', async () => {
    const controller = await start('one', { work: 'none' })
    let worker: NetPulse | undefined
    const ended = new Promise<void>((resolve) => {
      void start('worker', { onEndRequested: resolve }).then((started) => (worker = started))
    })
    const name = await named(controller, 'node')
    expect(await controller.endWorker(name)).toBe(true)
    await ended
    await worker?.close()
    expect(await controller.workers()).toEqual([])
  })

  it('shares what is known of host keys', async () => {
    const [one, two] = [await start('one'), await start('two')]
    const key = { type: 'ssh-ed25519', fingerprint: 'a'.repeat(43) }
    const other = { ...key, fingerprint: 'b'.repeat(43) }
    await one.hostKeys.pin('r1:22', key)
    expect(await two.hostKeys.pin('r1:22', other)).toMatchObject(key)
    expect(await two.hostKeys.replace('r1:22', other)).toMatchObject(other)
    expect(await one.hostKeys.find('r1:22')).toMatchObject({ address: 'r1:22', ...other })
    expect(await one.hostKeys.list()).toHaveLength(1)
    expect(await one.hostKeys.remove('r1:22')).toBe(true)
    expect(await two.hostKeys.find('r1:22')).toBeUndefined()
  })

  it('refuses to start with the keyring of another deployment', async () => {
    await start('one')
    const other = start('two', { keyringFile: join(folder, 'other-keyring.json') })
    await expect(other).rejects.toMatchObject({ code: 'KEYRING_MISMATCH' })
  })

  it('gives a device of a node that left to another', async () => {
    const controller = await start('one', { work: 'none', leaseSeconds: 3 })
    const first = await start('worker', { leaseSeconds: 3 })
    const r1 = await add('r1')
    await controller.wait((await controller.submit(requestFor(r1))).id)
    await first.close()
    await start('worker-2', { leaseSeconds: 3 })
    const { id } = await controller.submit(requestFor(r1))
    expect(await controller.wait(id, { timeoutMs: 15_000 })).toMatchObject({ status: 'finished', attempt: 1 })
    expect((await controller.list({ deviceId: asDeviceId('r1') }, { limit: 10 })).items).toHaveLength(2)
  })

  async function named(netpulse: NetPulse, type: string): Promise<string> {
    return until(async () => (await netpulse.workers()).find((worker) => worker.type === type)?.name)
  }

  async function gone(netpulse: NetPulse, name: string): Promise<void> {
    await until(async () => ((await netpulse.workers()).some((worker) => worker.name === name) ? undefined : true))
  }

  /** What nodes report comes with their heartbeats. */
  async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
    const limit = AbortSignal.timeout(15_000)
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      limit.throwIfAborted()
    }
  }
})
