import type { JobRecord } from '@netpulse/core'
import { asDeviceId } from '@netpulse/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine.js'
import type { BenchOptions } from '../support/engine-bench.js'
import { KeptLog, request, run, startBench } from '../support/engine-bench.js'
import { ScriptedNetwork, steps } from '../support/scripted-driver.js'

const started: Engine[] = []

async function bench(options?: BenchOptions): Promise<{ readonly engine: Engine; readonly network: ScriptedNetwork }> {
  const network = new ScriptedNetwork()
  const engine = await startBench(network, options)
  started.push(engine)
  return { engine, network }
}

afterEach(async () => {
  for (const engine of started.splice(0)) await engine.close()
})

describe('jobs of one device', () => {
  it('run in the order of their submission, one at a time, over one session', async () => {
    const { engine, network } = await bench()
    const submitted: JobRecord[] = []
    for (let index = 0; index < 200; index++)
      submitted.push(
        await engine.submit(
          request('r1', index % 3 === 0 ? { config: `line ${index}` } : { command: `show ${index}` }),
        ),
      )
    const ended = await Promise.all(submitted.map(({ id }) => engine.wait(id)))
    expect(ended.every(({ outcome }) => outcome === 'succeeded')).toBe(true)
    const device = network.device('r1')
    const seen = device.inputs
      .filter((input) => /:(line|show) /.test(input))
      .map((input) => Number(/\d+$/.exec(input)![0]))
    expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => index))
    expect([device.opened, device.mostOpen]).toEqual([1, 1])
  })

  it('run beside those of other devices', async () => {
    const { engine, network } = await bench()
    let go = (): void => undefined
    network.device('r1').on('show slow', { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    const slow = await engine.submit(request('r1', { command: 'show slow' }))
    await network.device('r1').seen('show slow')
    expect((await run(engine, 'r2', { command: 'show x' })).outcome).toBe('succeeded')
    expect((await engine.get(slow.id)).status).toBe('started')
    go()
    expect((await engine.wait(slow.id)).outcome).toBe('succeeded')
  })

  it('keep their order when they are modifications with a connection of their own', async () => {
    const { engine, network } = await bench()
    const jobs = await engine.submitMany(
      Array.from({ length: 30 }, (_, index) => request('r1', { config: `line ${index}`, queueStrategy: 'fifo' })),
    )
    for (const one of jobs) if ('job' in one) await engine.wait(one.job.id)
    const device = network.device('r1')
    expect(device.running).toEqual(Array.from({ length: 30 }, (_, index) => `line ${index}`))
    expect([device.opened, device.mostOpen, device.open]).toEqual([30, 1, 0])
  })
})

describe('fifo queries', () => {
  it('run many at once, each over its own connection, and log in one after the other per device', async () => {
    const { engine, network } = await bench({ concurrency: 20 })
    const outcomes = await engine.submitMany(
      Array.from({ length: 100 }, (_, index) => request(`r${index % 5}`, { command: 'show x', queueStrategy: 'fifo' })),
    )
    for (const one of outcomes)
      expect((await engine.wait('job' in one ? one.job.id : fail())).outcome).toBe('succeeded')
    expect(network.device('r0').opened).toBe(20)
    expect(network.openSessions).toBe(0)
  })

  it('do not go beyond the concurrency', async () => {
    const { engine, network } = await bench({ concurrency: 3 })
    let go = (): void => undefined
    const until = new Promise<void>((resolve) => (go = resolve))
    for (let index = 0; index < 10; index++) network.device(`r${index}`).on('show x', { do: 'wait', until })
    const outcomes = await engine.submitMany(
      Array.from({ length: 10 }, (_, index) => request(`r${index}`, { command: 'show x', queueStrategy: 'fifo' })),
    )
    await Promise.all([0, 1, 2].map((index) => network.device(`r${index}`).seen('show x')))
    expect((await engine.counts()).started).toBe(3)
    expect(network.openSessions).toBe(3)
    go()
    for (const one of outcomes) await engine.wait('job' in one ? one.job.id : fail())
  })
})

const fail = (): never => {
  throw new Error('a job was refused')
}

describe('sessions', () => {
  it('serve only jobs of their own credentials and options, under every mix of them', async () => {
    const { engine, network } = await bench()
    const logins = [
      { username: 'anna', password: 'pw-1' },
      { username: 'anna', password: 'pw-2' },
      { username: 'bert', password: 'pw-1' },
      { username: 'anna', password: 'pw-1', timeout: 11 },
      { username: 'anna', password: 'pw-1', jump_hosts: [{ host: 'j', password: 'x' }] },
    ]
    let wrong = 0
    for (let round = 0; round < 40; round++) {
      const login = logins[(round * 7 + Math.floor(round / 3)) % logins.length]!
      const job = await run(engine, 'r1', { connectionArgs: { host: 'r1', ...login }, command: 'show x' })
      if (job.result!.results[0]!.stdout !== `r1/${login.username} show x`) wrong++
    }
    expect(wrong).toBe(0)
    expect(network.device('r1').mostOpen).toBe(1)
    const { opened } = network.device('r1')
    await run(engine, 'r1', { connectionArgs: { host: 'r1', ...logins[0]! }, command: 'show x' })
    await run(engine, 'r1', { connectionArgs: { host: 'r1', ...logins[1]! }, command: 'show x' })
    expect(network.device('r1').opened).toBeGreaterThanOrEqual(opened + 1)
  })

  it('are not shared by two addresses of one device, which share their order', async () => {
    const { engine, network } = await bench()
    const at = (host: string): object => ({ host, device: 'core-1', password: 'x' })
    const one = await run(engine, '', { connectionArgs: { ...at('10.0.0.1') }, command: 'show x' })
    const two = await run(engine, '', { connectionArgs: { ...at('10.0.0.2') }, command: 'show x' })
    expect([one.deviceId, two.deviceId]).toEqual(['core-1', 'core-1'])
    expect([one, two].map(({ result }) => result!.results[0]!.stdout)).toEqual([
      '10.0.0.1/admin show x',
      '10.0.0.2/admin show x',
    ])
    expect([network.device('10.0.0.1').open, network.device('10.0.0.2').open]).toEqual([0, 1])
  })

  it('several may be kept when the operator allows it', async () => {
    const { engine, network } = await bench({ sessionsPerDevice: 2 })
    for (const username of ['a', 'b', 'a', 'b', 'c', 'b'])
      await run(engine, 'r1', { connectionArgs: { host: 'r1', username, password: 'x' }, command: 'show x' })
    expect([network.device('r1').opened, network.device('r1').mostOpen]).toEqual([3, 2])
  })

  it('are replaced when the device hung up while they were idle', async () => {
    const { engine, network } = await bench()
    await run(engine, 'r1', { command: 'show x' })
    network.device('r1').hangUp()
    const job = await run(engine, 'r1', { command: 'show x' })
    expect([job.outcome, job.attempt, network.device('r1').opened]).toEqual(['succeeded', 1, 2])
  })

  it('make room for other devices when the node is full, the longest resting first', async () => {
    const { engine, network } = await bench({ capacity: 2 })
    for (const host of ['r1', 'r2']) await run(engine, host, { command: 'show x' })
    expect((await run(engine, 'r3', { command: 'show x' })).outcome).toBe('succeeded')
    expect(['r1', 'r2', 'r3'].map((host) => network.device(host).open)).toEqual([0, 1, 1])
  })

  it('are not taken from devices that work: the new one is refused', async () => {
    const { engine, network } = await bench({ capacity: 1 })
    network.device('r1').on('show x', { do: 'hang' })
    const { id } = await engine.submit(request('r1', { command: 'show x' }))
    await network.device('r1').seen('show x')
    await expect(engine.submit(request('r2', { command: 'show x' }))).rejects.toMatchObject({
      code: 'NO_WORKER',
      retryable: true,
    })
    const [refused] = await engine.submitMany([request('r2', { command: 'show x' })])
    expect(refused).toMatchObject({ host: 'r2', error: { code: 'NO_WORKER' } })
    await engine.cancel(id)
  })
})

describe('a cancel', () => {
  it('ends a waiting job at once, and the next in line runs', async () => {
    const { engine, network } = await bench()
    network.device('r1').on('show slow', { do: 'hang' })
    const slow = await engine.submit(request('r1', { command: 'show slow' }))
    const waiting = await engine.submit(request('r1', { command: 'show a' }))
    const last = await engine.submit(request('r1', { command: 'show b' }))
    await network.device('r1').seen('show slow')
    expect(await engine.cancel(waiting.id)).toBe('canceled')
    expect(await engine.cancel(slow.id)).toBe('cancel_requested')
    expect((await engine.wait(slow.id)).outcome).toBe('canceled')
    expect((await engine.wait(last.id)).outcome).toBe('succeeded')
    expect(network.device('r1').inputs).not.toContain('admin:show a')
    expect(await engine.cancel(slow.id)).toBe('already_final')
  })

  it('of a config push ends it at a line, with what is in force', async () => {
    const { engine, network } = await bench()
    let go = (): void => undefined
    network.device('r1').on('b', { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    const { id } = await engine.submit(request('r1', { config: 'a\nb\nc' }))
    await network.device('r1').seen('b')
    await engine.cancel(id)
    go()
    expect(await engine.wait(id)).toMatchObject({ status: 'canceled', outcome: 'partial' })
    expect(network.device('r1').running).toEqual(['a', 'b'])
  })
})

describe('an unknown outcome', () => {
  it('holds back later modifications until an operator has looked; queries pass', async () => {
    const { engine, network } = await bench()
    network.device('r1').on('b', { do: 'lose' }, { do: 'say', text: '' })
    expect((await run(engine, 'r1', { config: 'a\nb' })).outcome).toBe('unknown')
    const held = await engine.submit(request('r1', { config: 'c' }))
    expect((await run(engine, 'r1', { command: 'show x' })).outcome).toBe('succeeded')
    expect((await engine.get(held.id)).status).toBe('queued')
    expect(await engine.holds()).toMatchObject([{ device: 'r1' }])
    expect(await engine.releaseHold(asDeviceId('r1'))).toBe(true)
    expect((await engine.wait(held.id)).outcome).toBe('succeeded')
  })

  it('holds nothing when the operator chose so', async () => {
    const { engine, network } = await bench({ afterUnknownOutcome: 'allow' })
    network.device('r1').on('b', { do: 'lose' })
    expect((await run(engine, 'r1', { config: 'a\nb' })).outcome).toBe('unknown')
    expect((await run(engine, 'r1', { config: 'c' })).outcome).toBe('succeeded')
  })
})

describe('waiting and events', () => {
  it('answers with the job as it stands when the time is over', async () => {
    const { engine, network } = await bench()
    network.device('r1').on('show x', { do: 'hang' })
    const { id } = await engine.submit(request('r1', { command: 'show x' }))
    await network.device('r1').seen('show x')
    expect((await engine.wait(id, { timeoutMs: 20 })).status).toBe('started')
    await expect(engine.wait(id, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
    await engine.cancel(id)
  })

  it('tells of each step, up to the end', async () => {
    const { engine } = await bench()
    const { id } = await run(engine, 'r1', { config: 'a\nb' })
    const types: string[] = []
    for await (const event of engine.events({ jobId: id, signal: new AbortController().signal })) types.push(event.type)
    expect(types).toEqual(['queued', 'started', 'line', 'line', 'ended'])
  })

  it('knows its workers', async () => {
    const { engine } = await bench()
    await run(engine, 'r1', { command: 'show x' })
    // The end is told to those who wait before the worker itself goes on.
    await new Promise((resolve) => setImmediate(resolve))
    const workers = await engine.workers()
    expect(workers.map(({ type, state, queue, succeeded }) => [type, state, queue, succeeded])).toEqual([
      ['node', 'idle', expect.stringMatching(/^NodeQ_/), 0],
      ['fifo', 'idle', 'FifoQ', 0],
      ['pinned', 'idle', 'HostQ_r1', 1],
    ])
    expect(workers[2]!.node.capacity).toBe(5_000)
  })
})

describe('a connection test', () => {
  it('says what the session says', async () => {
    const { engine, network } = await bench()
    const found = await engine.testConnection({ driver: 'script', connectionArgs: { host: 'r1', password: 'x' } })
    expect(found).toMatchObject({ success: true, info: { prompt: 'r1#' } })
    expect(network.openSessions).toBe(0)
  })

  it('answers with the error of a device that refuses, without its secrets', async () => {
    const { engine, network } = await bench()
    const refused = await engine.testConnection({
      driver: 'scripted',
      connectionArgs: { host: 'r1', password: 'wrong' },
    })
    expect(refused).toMatchObject({ success: false, error: { code: 'AUTH_FAILED' } })
    network.device('r2').on(steps.open, { do: 'bug', text: 'pa55word leaked' })
    const log = new KeptLog()
    const second = await bench({ logger: log })
    second.network.device('r2').on(steps.open, { do: 'throw', error: new Error('pa55word') })
    const bug = await second.engine.testConnection({
      driver: 'scripted',
      connectionArgs: { host: 'r2', password: 'pa55word' },
    })
    expect(bug).toMatchObject({ success: false, error: { code: 'INTERNAL' } })
    expect(JSON.stringify([bug, log.entries])).not.toContain('pa55word')
  })
})
