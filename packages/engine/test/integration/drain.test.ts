import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeClock } from '@netpulse/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine.js'
import { KeptLog, request, run, startBench } from '../support/engine-bench.js'
import { ScriptedNetwork, steps } from '../support/scripted-driver.js'

let folder: string
const started: Engine[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpulse-drain-'))
})

afterEach(async () => {
  for (const engine of started.splice(0)) await engine.close()
  await rm(folder, { recursive: true })
})

async function start(network: ScriptedNetwork, options: Parameters<typeof startBench>[1] = {}): Promise<Engine> {
  const engine = await startBench(network, { store: folder, ...options })
  started.push(engine)
  return engine
}

describe('ending the worker of the node', () => {
  it('lets its jobs end, and begins anew as another life of the same node', async () => {
    const network = new ScriptedNetwork()
    const engine = await start(network)
    let go = (): void => undefined
    network.device('r1').on('show a', { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    const running = await engine.submit(request('r1', { command: 'show a' }))
    await network.device('r1').seen('show a')
    const before = (await engine.workers()).find(({ type }) => type === 'node')!
    expect(await engine.endWorker(before.name)).toBe(true)
    const waiting = await engine.submit(request('r1', { command: 'show b' }))
    go()
    expect(await engine.wait(running.id)).toMatchObject({ outcome: 'succeeded', attempt: 1 })
    expect(await engine.wait(waiting.id)).toMatchObject({ outcome: 'succeeded', attempt: 1 })
    const after = (await engine.workers()).find(({ type }) => type === 'node')!
    expect(after.name).toBe(before.name)
    expect(after.node.incarnation).not.toBe(before.node.incarnation)
    expect(engine.isTrusted).toBe(true)
  })
})

describe('closing', () => {
  it('lets running jobs end, keeps waiting ones for the next start, and closes every session', async () => {
    const network = new ScriptedNetwork()
    const engine = await start(network)
    let go = (): void => undefined
    network.device('r1').on('show a', { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    const running = await engine.submit(request('r1', { command: 'show a' }))
    const waiting = await engine.submit(request('r1', { command: 'show b' }))
    await run(engine, 'r2', { command: 'show x' })
    await network.device('r1').seen('show a')
    const closing = engine.close()
    await expect(engine.submit(request('r1', { command: 'show c' }))).rejects.toMatchObject({ code: 'DRAINED' })
    go()
    await closing
    expect(network.openSessions).toBe(0)
    const again = await start(network)
    expect(await again.get(running.id)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    expect(await again.wait(waiting.id)).toMatchObject({ status: 'finished', outcome: 'succeeded', attempt: 1 })
  })

  it('gives back what was not touched when the drain takes too long, and stops what was', async () => {
    const network = new ScriptedNetwork()
    const engine = await start(network, { drainTimeoutSeconds: 0 })
    network.device('r1').on('show a', { do: 'hang' }, { do: 'say', text: 'a' })
    network.device('r2').on('b', { do: 'hang' })
    network.device('r3').on('show c', { do: 'hang' }, { do: 'say', text: 'c' })
    const query = await engine.submit(request('r1', { command: 'show a' }))
    const fifo = await engine.submit(request('r3', { command: 'show c', queueStrategy: 'fifo' }))
    await Promise.all([network.device('r1').seen('show a'), network.device('r3').seen('show c')])
    await engine.close()
    const again = await start(network)
    expect(await again.wait(query.id)).toMatchObject({ outcome: 'succeeded', attempt: 2 })
    expect(await again.wait(fifo.id)).toMatchObject({ outcome: 'succeeded', attempt: 2 })
  })

  it('stops a config push between two lines and says what is in force', async () => {
    const clock = new FakeClock()
    const network = new ScriptedNetwork()
    const engine = await start(network, { drainTimeoutSeconds: 1, clock })
    let go = (): void => undefined
    network.device('r1').on('a', { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    const { id } = await engine.submit(request('r1', { config: 'a\nb' }))
    await network.device('r1').seen('a')
    const closing = engine.close()
    await clock.advance(1_000)
    go()
    await closing
    const again = await start(network, { clock })
    expect(await again.get(id)).toMatchObject({
      status: 'stopped',
      outcome: 'partial',
      result: { error: { code: 'DRAINED' } },
    })
    expect(network.device('r1').running).toEqual(['a'])
  })

  it('leaves a driver behind that ignores everything', async () => {
    const clock = new FakeClock()
    const network = new ScriptedNetwork()
    const engine = await start(network, { store: 'memory:', drainTimeoutSeconds: 1, clock })
    network.device('r1').on('show a', { do: 'ignore' })
    const { id } = await engine.submit(request('r1', { command: 'show a' }))
    await network.device('r1').seen('show a')
    const ended = engine.wait(id)
    const closing = engine.close()
    for (let second = 0; second < 10; second++) await clock.advance(1_000)
    await closing
    expect(await ended).toMatchObject({ status: 'stopped', outcome: 'failed', result: { error: { code: 'DRAINED' } } })
    expect(clock.pendingTimers).toBe(0)
  })

  it('may be asked for many times, and leaves no timer after a hundred lives', { timeout: 90_000 }, async () => {
    const clock = new FakeClock()
    for (let life = 0; life < 100; life++) {
      const network = new ScriptedNetwork()
      const engine = await startBench(network, { clock })
      await run(engine, 'r1', { command: 'show x' })
      await run(engine, 'r2', { command: 'show x', queueStrategy: 'fifo' })
      await Promise.all([engine.close(), engine.close(), engine[Symbol.asyncDispose]()])
      expect([network.openSessions, clock.pendingTimers]).toEqual([0, 0])
    }
  })

  it('leaves the folder free for the next process', async () => {
    const network = new ScriptedNetwork()
    const engine = await start(network)
    await expect(startBench(network, { store: folder })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await engine.close()
    await (await start(network)).close()
  })
})

describe('a node that is not trusted any more', () => {
  it('closes its sessions, begins again, and its queries run once more', async () => {
    const clock = new FakeClock()
    const network = new ScriptedNetwork()
    const log = new KeptLog()
    const engine = await start(network, { store: 'memory:', clock, logger: log })
    await run(engine, 'r2', { command: 'show x' })
    network.device('r1').on('show a', { do: 'hang' }, { do: 'say', text: 'a' })
    const { id } = await engine.submit(request('r1', { command: 'show a' }))
    await network.device('r1').seen('show a')
    const [before] = await engine.workers()
    // The process was stopped for longer than its heartbeat may be late: no timer ran on the way.
    stopFor(clock, 20_000)
    await clock.advance(0)
    expect(await engine.wait(id)).toMatchObject({ outcome: 'succeeded', attempt: 2 })
    expect(network.device('r2').open).toBe(0)
    const [after] = await engine.workers()
    expect(after!.node.incarnation).not.toBe(before!.node.incarnation)
    expect(log.entries.join('\n')).toContain('not trusted any more')
  })

  it('never sends the lines of a push again', async () => {
    const clock = new FakeClock()
    const network = new ScriptedNetwork()
    const engine = await start(network, { store: 'memory:', clock })
    network.device('r1').on('b', { do: 'hang' })
    const { id } = await engine.submit(request('r1', { config: 'a\nb\nc' }))
    await network.device('r1').seen('b')
    stopFor(clock, 20_000)
    await clock.advance(0)
    expect(await engine.wait(id)).toMatchObject({
      status: 'failed',
      outcome: 'unknown',
      result: { error: { code: 'CONTACT_LOST' } },
    })
    expect(network.device('r1').running).toEqual(['a'])
    expect(await engine.holds()).toHaveLength(1)
  })
})

/** Time passes and no timer runs, as for a process that was stopped. */
function stopFor(clock: FakeClock, ms: number): void {
  const { monotonicMs, now } = clock
  Object.assign(clock, {
    monotonicMs: () => monotonicMs.call(clock) + ms,
    now: () => new Date(now.call(clock).getTime() + ms),
  })
  void clock.advance(3_000)
}

describe('a device that is not used', () => {
  it('loses its session after the idle time, its worker, and its lease', async () => {
    const clock = new FakeClock()
    const network = new ScriptedNetwork()
    const engine = await start(network, { store: 'memory:', clock, idleTimeoutSeconds: 60, capacity: 1 })
    await run(engine, 'r1', { command: 'show x' })
    await clock.advance(0)
    for (let second = 0; second < 59; second++) await clock.advance(1_000)
    expect(network.openSessions).toBe(1)
    await clock.advance(1_001)
    expect(network.openSessions).toBe(0)
    expect((await engine.workers()).filter(({ type }) => type === 'pinned')).toEqual([])
    expect((await run(engine, 'r2', { command: 'show x' })).outcome).toBe('succeeded')
  })

  it('keeps it as long as the request asked for', async () => {
    const clock = new FakeClock()
    const network = new ScriptedNetwork()
    const engine = await start(network, { store: 'memory:', clock, idleTimeoutSeconds: 60 })
    await run(engine, 'r1', { connectionArgs: { host: 'r1', password: 'x', keepalive: 300 }, command: 'show x' })
    await clock.advance(0)
    for (let second = 0; second < 290; second++) await clock.advance(1_000)
    expect(network.openSessions).toBe(1)
    for (let second = 0; second < 11; second++) await clock.advance(1_000)
    expect(network.openSessions).toBe(0)
  })

  it.each([
    { name: 'is probed before its session is used again', rule: { do: 'say', text: '' }, opened: 1 },
    { name: 'gets a new session when the probe fails', rule: { do: 'lose' }, opened: 2 },
  ] as const)('$name', async ({ rule, opened }) => {
    const clock = new FakeClock()
    const network = new ScriptedNetwork()
    const engine = await start(network, { store: 'memory:', clock, probeAfterSeconds: 30 })
    network.device('r1').on(steps.probe, rule)
    await run(engine, 'r1', { command: 'show x' })
    await run(engine, 'r1', { command: 'show x' })
    expect(network.device('r1').probes).toBe(0)
    for (let second = 0; second < 31; second++) await clock.advance(1_000)
    expect((await run(engine, 'r1', { command: 'show x' })).outcome).toBe('succeeded')
    expect([network.device('r1').probes, network.device('r1').opened]).toEqual([1, opened])
  })

  it('gets a new session when the probe hangs, within its limit', async () => {
    const clock = new FakeClock()
    const network = new ScriptedNetwork()
    const engine = await start(network, { store: 'memory:', clock, probeAfterSeconds: 30 })
    network.device('r1').on(steps.probe, { do: 'ignore' })
    await run(engine, 'r1', { command: 'show x' })
    for (let second = 0; second < 31; second++) await clock.advance(1_000)
    const { id } = await engine.submit(request('r1', { command: 'show x' }))
    await network.device('r1').seen(steps.probe)
    for (let second = 0; second < 10; second++) await clock.advance(1_000)
    expect((await engine.wait(id)).outcome).toBe('succeeded')
    expect([network.device('r1').opened, network.device('r1').open]).toEqual([2, 1])
  })
})
