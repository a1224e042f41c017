import { queueError } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import { engineError } from '../../src/errors.js'
import { benchWith, inputsOf } from '../support/runner-bench.js'
import { steps } from '../support/scripted-driver.js'

const canceled = queueError('CANCELED', 'canceled')

describe('a config push that is canceled', () => {
  it.each([
    {
      name: 'before the first byte',
      kind: 'live',
      at: steps.open,
      status: 'canceled',
      outcome: 'canceled',
      running: [],
    },
    {
      name: 'at a line of a live device',
      kind: 'live',
      at: 'b',
      status: 'canceled',
      outcome: 'partial',
      running: ['a', 'b'],
    },
    {
      name: 'at the first line of a candidate',
      kind: 'candidate',
      at: 'a',
      status: 'canceled',
      outcome: 'rolled_back',
      running: [],
    },
    {
      name: 'at the commit',
      kind: 'candidate',
      at: steps.commit,
      status: 'finished',
      outcome: 'succeeded',
      running: ['a', 'b', 'c'],
    },
    {
      name: 'at the save',
      kind: 'live',
      at: steps.save,
      status: 'finished',
      outcome: 'succeeded',
      running: ['a', 'b', 'c'],
    },
  ] as const)('$name ends at the next safe point', async ({ kind, at, status, outcome, running }) => {
    const { bench, device } = benchWith(kind)
    let go = (): void => undefined
    device.on(at, { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    const run = await bench.start({ config: 'a\nb\nc', switches: { save: true } })
    await device.seen(at)
    run.cancel(canceled)
    await bench.clock.advance(0)
    go()
    await run.end
    expect([bench.ending.status, bench.ending.outcome]).toEqual([status, outcome])
    expect(device.running).toEqual(running)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it('does not wait for ever for a safe point', async () => {
    const { bench, device } = benchWith('live')
    device.on('b', { do: 'hang', usable: true })
    const run = await bench.start({ config: 'a\nb\nc' })
    await device.seen('b')
    run.cancel(canceled)
    await bench.clock.advance(4_999)
    expect(bench.phases.length).toBeGreaterThan(0)
    await bench.clock.advance(1)
    await run.end
    expect([bench.ending.status, bench.ending.outcome]).toEqual(['canceled', 'unknown'])
    expect(bench.ending.holdDevice).toBeDefined()
    expect(device.open).toBe(0)
  })
})

describe('a config push at its deadline', () => {
  it.each([
    { name: 'live, driver obeys', kind: 'live', rule: { do: 'hang', usable: true }, at: 'b', outcome: 'unknown' },
    { name: 'live, driver ignores', kind: 'live', rule: { do: 'ignore' }, at: 'b', outcome: 'unknown' },
    {
      name: 'candidate, driver obeys',
      kind: 'candidate',
      rule: { do: 'hang', usable: true },
      at: 'b',
      outcome: 'rolled_back',
    },
    { name: 'candidate, session broken', kind: 'candidate', rule: { do: 'hang' }, at: 'b', outcome: 'unknown' },
    { name: 'candidate, driver ignores', kind: 'candidate', rule: { do: 'ignore' }, at: 'b', outcome: 'unknown' },
    {
      name: 'candidate, compare ignores',
      kind: 'candidate',
      rule: { do: 'ignore' },
      at: steps.compare,
      outcome: 'unknown',
    },
    {
      name: 'candidate, commit hangs',
      kind: 'candidate',
      rule: { do: 'hang', usable: true },
      at: steps.commit,
      outcome: 'unknown',
    },
    { name: 'live, entering ignores', kind: 'live', rule: { do: 'ignore' }, at: steps.enter, outcome: 'failed' },
  ] as const)('$name: $outcome, and the worker moves on', async ({ kind, rule, at, outcome }) => {
    const { bench, device } = benchWith(kind)
    device.on(at, rule)
    const run = await bench.start({ config: 'a\nb\nc', executionTimeoutSeconds: 10 })
    await device.seen(at)
    await bench.clock.advance(10_000)
    await bench.clock.advance(5_000)
    await run.end
    expect([bench.ending.status, bench.ending.outcome]).toEqual(['failed', outcome])
    expect(bench.ending.result.error?.code).toBe('EXECUTION_TIMEOUT')
    expect(device.open).toBe(0)
    expect(device.running).toEqual(kind === 'live' && at === 'b' ? ['a'] : [])
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it('discards within its limit when the discard hangs too', async () => {
    const { bench, device } = benchWith('candidate')
    device.on('b', { do: 'hang', usable: true }).on(steps.discard, { do: 'ignore' })
    const run = await bench.start({ config: 'a\nb', executionTimeoutSeconds: 10 })
    await device.seen('b')
    await bench.clock.advance(10_000)
    await bench.clock.advance(5_000)
    await run.end
    expect([bench.ending.status, bench.ending.outcome]).toEqual(['failed', 'unknown'])
    expect(device.open).toBe(0)
  })

  it('stops in a drain at the next safe point', async () => {
    const { bench, device } = benchWith('live')
    let go = (): void => undefined
    device.on('a', { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    const run = await bench.start({ config: 'a\nb' })
    await device.seen('a')
    bench.runner.close(engineError('DRAINED', 'bye'))
    go()
    await run.end
    expect([bench.ending.status, bench.ending.outcome]).toEqual(['stopped', 'partial'])
    expect(device.running).toEqual(['a'])
  })

  it('sends nothing more when its claim is lost, not even a discard', async () => {
    const { bench, device } = benchWith('candidate')
    device.on('b', { do: 'hang', usable: true })
    const run = await bench.start({ config: 'a\nb\nc' })
    await device.seen('b')
    run.cancel(queueError('LEASE_LOST', 'x'))
    expect(await run.end).toBe('dropped')
    expect(inputsOf(device).slice(-2)).toEqual(['b', steps.close])
  })

  it('sends nothing more when its node learns by its own clock that it was stopped for too long', async () => {
    const { bench, device } = benchWith('candidate')
    let go = (): void => undefined
    device.on('b', { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    const run = await bench.start({ config: 'a\nb\nc' })
    await device.seen('b')
    bench.trusted = false
    go()
    expect(await run.end).toBe('dropped')
    expect(inputsOf(device).slice(-2)).toEqual(['b', steps.close])
  })
})
