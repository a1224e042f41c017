import { asNodeId, silentLogger } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import type { NodeRegistry, QueueBackend } from '@netpulse/queue'
import { createInProcessBackend } from '@netpulse/queue'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine.js'
import { nodeTimesOf } from '../../src/work/node-times.js'
import { request, run, startBench } from '../support/engine-bench.js'
import { ScriptedNetwork } from '../support/scripted-driver.js'

const times = nodeTimesOf(9)

/** A clock of a process that may have been stopped: time has passed, and no timer has been looked at yet. */
class StoppableClock extends FakeClock {
  stoppedMs = 0

  override monotonicMs(): number {
    return super.monotonicMs() + this.stoppedMs
  }
}

type Heartbeat = NodeRegistry['heartbeat']

/** The same with another heartbeat. */
function withHeartbeat(backend: QueueBackend, heartbeat: (real: Heartbeat) => Heartbeat): QueueBackend {
  const real: Heartbeat = (incarnation) => backend.nodes.heartbeat(incarnation)
  const changed = { nodes: overlay(backend.nodes, { heartbeat: heartbeat(real) }) }
  return overlay(backend, changed)
}

const overlay = <Whole extends object>(whole: Whole, part: Partial<Whole>): Whole =>
  new Proxy(whole, {
    get: (target, key) => {
      if (Object.hasOwn(part, key)) return Reflect.get(part, key) as unknown
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })

let engine: Engine | undefined

afterEach(async () => {
  await engine?.close()
})

async function start(network: ScriptedNetwork, clock: FakeClock, heartbeat: (real: Heartbeat) => Heartbeat) {
  const backend = createInProcessBackend({
    store: 'memory:',
    clock,
    logger: silentLogger,
    limits: { maxQueued: 100, maxQueuedPerDevice: 100 },
    leaseTtlMs: times.leaseMs,
  })
  await backend.start()
  const setup = { backend: withHeartbeat(backend, heartbeat), node: asNodeId('node-1'), times }
  engine = await startBench(network, { clock, drainTimeoutSeconds: 0, setup })
  return engine
}

describe('the fence', () => {
  it('falls when the time is over, though a heartbeat still hangs', async () => {
    const network = new ScriptedNetwork()
    const clock = new FakeClock()
    let hanging = Promise.resolve()
    const one = await start(network, clock, (real) => async (incarnation) => {
      await hanging
      return real(incarnation)
    })
    await run(one, 'r1', { command: 'show a' })
    await clock.advance(times.heartbeatMs)
    let free = (): void => undefined
    hanging = new Promise((resolve) => (free = resolve))
    await clock.advance(times.fenceMs - 1)
    expect(network.openSessions).toBe(1)
    await clock.advance(1)
    expect(network.openSessions).toBe(0)
    free()
    await run(one, 'r1', { command: 'show b' })
    expect([one.isTrusted, network.openSessions]).toEqual([true, 1])
  })

  it('counts from the moment at which the heartbeat was sent, not from its answer', async () => {
    const network = new ScriptedNetwork()
    const clock = new FakeClock()
    const slowMs = 1_000
    let wait: () => Promise<void> = () => Promise.resolve()
    const one = await start(network, clock, (real) => async (incarnation) => {
      await wait()
      return real(incarnation)
    })
    await run(one, 'r1', { command: 'show a' })
    wait = () => new Promise((resolve) => clock.setTimer(slowMs, resolve))
    await clock.advance(times.heartbeatMs + slowMs)
    let free = (): void => undefined
    const hanging = new Promise<void>((resolve) => (free = resolve))
    wait = () => hanging
    await clock.advance(times.fenceMs - slowMs - 1)
    expect(network.openSessions).toBe(1)
    await clock.advance(1)
    expect(network.openSessions).toBe(0)
    free()
  })

  it('a process that was stopped for longer sends nothing more, before any timer says so', async () => {
    const network = new ScriptedNetwork()
    const clock = new StoppableClock()
    const one = await start(network, clock, (real) => real)
    const device = network.device('r1')
    let go = (): void => undefined
    device.on('a', { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    await one.submit(request('r1', { config: 'a\nb' }))
    await device.seen('a')
    clock.stoppedMs = times.fenceMs + 1
    go()
    await expect.poll(() => network.openSessions).toBe(0)
    expect(device.inputs.filter((input) => input.endsWith(':b'))).toEqual([])
  })

  it('a node that the backend does not know any more closes its sessions and begins anew', async () => {
    const network = new ScriptedNetwork()
    const clock = new FakeClock()
    let refuses = false
    const one = await start(network, clock, (real) => async (incarnation) => {
      if (!refuses) return real(incarnation)
      refuses = false
      return false
    })
    await run(one, 'r1', { command: 'show a' })
    const [before] = await one.workers()
    refuses = true
    await clock.advance(times.heartbeatMs)
    expect(network.openSessions).toBe(0)
    await expect.poll(async () => (await one.workers())[0]?.node.incarnation).not.toBe(before!.node.incarnation)
    await run(one, 'r1', { command: 'show b' })
    expect(network.device('r1').opened).toBe(2)
  })
})
