import { driverError } from '@netpulse/driver-sdk'
import { queueError } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import { engineError } from '../../src/errors.js'
import { RunnerBench } from '../support/runner-bench.js'
import type { Behaviour, ScriptedDevice } from '../support/scripted-device.js'
import { steps } from '../support/scripted-driver.js'

const canceled = queueError('CANCELED', 'canceled')

function benchWith(kind: 'live' | 'candidate'): { readonly bench: RunnerBench; readonly device: ScriptedDevice } {
  const bench = new RunnerBench()
  const device = bench.network.device('r1')
  device.hasCandidate = kind === 'candidate'
  return { bench, device }
}

const inputsOf = (device: ScriptedDevice): string[] => device.inputs.map((input) => input.replace('admin:', ''))

interface Row {
  readonly name: string
  readonly kind: 'live' | 'candidate'
  readonly rules: Readonly<Record<string, Behaviour>>
  readonly switches?: Readonly<Record<string, boolean>>
  readonly status: string
  readonly outcome: string
  readonly code?: string
  readonly running: readonly string[]
  readonly saved?: boolean
  readonly hold?: boolean
  /** Failure kinds of the results, in order. */
  readonly results?: readonly (string | null)[]
  readonly open: number
}

const refuse: Behaviour = { do: 'refuse' }
const lose: Behaviour = { do: 'lose' }
const slow: Behaviour = { do: 'throw', error: driverError('READ_TIMEOUT', 'too slow') }

/** Every job sends the lines a, b, c and asks to save. */
const rows: readonly Row[] = [
  {
    name: 'live: all accepted',
    kind: 'live',
    rules: {},
    status: 'finished',
    outcome: 'succeeded',
    running: ['a', 'b', 'c'],
    saved: true,
    results: [null, null, null, null],
    open: 1,
  },
  {
    name: 'live: a line refused',
    kind: 'live',
    rules: { b: refuse },
    status: 'failed',
    outcome: 'partial',
    code: 'CONFIG_REFUSED',
    running: ['a'],
    results: [null, 'invalid_input', 'skipped'],
    open: 1,
  },
  {
    name: 'live: the first line refused',
    kind: 'live',
    rules: { a: refuse },
    status: 'failed',
    outcome: 'failed',
    code: 'CONFIG_REFUSED',
    running: [],
    results: ['invalid_input', 'skipped', 'skipped'],
    open: 1,
  },
  {
    name: 'live: the device hangs up at a line',
    kind: 'live',
    rules: { b: lose },
    status: 'failed',
    outcome: 'unknown',
    code: 'CONTACT_LOST',
    running: ['a'],
    hold: true,
    results: [null, 'other', 'skipped'],
    open: 0,
  },
  {
    name: 'live: the device hangs up at the first line',
    kind: 'live',
    rules: { a: lose },
    status: 'failed',
    outcome: 'unknown',
    code: 'CONTACT_LOST',
    running: [],
    hold: true,
    results: ['other', 'skipped', 'skipped'],
    open: 0,
  },
  {
    name: 'live: no answer to a line',
    kind: 'live',
    rules: { b: slow },
    status: 'failed',
    outcome: 'unknown',
    code: 'CONTACT_LOST',
    running: ['a'],
    hold: true,
    open: 0,
  },
  {
    name: 'live: a bug at a line',
    kind: 'live',
    rules: { b: { do: 'bug' } },
    status: 'failed',
    outcome: 'unknown',
    code: 'INTERNAL',
    running: ['a'],
    hold: true,
    open: 0,
  },
  {
    name: 'live: config mode cannot be entered',
    kind: 'live',
    rules: { [steps.enter]: { do: 'throw', error: driverError('ENABLE_FAILED', 'no') } },
    status: 'failed',
    outcome: 'failed',
    code: 'ENABLE_FAILED',
    running: [],
    open: 0,
  },
  {
    name: 'live: save refused',
    kind: 'live',
    rules: { [steps.save]: refuse },
    status: 'failed',
    outcome: 'partial',
    code: 'SAVE_FAILED',
    running: ['a', 'b', 'c'],
    results: [null, null, null, 'invalid_input'],
    open: 1,
  },
  {
    name: 'live: the device hangs up at the save',
    kind: 'live',
    rules: { [steps.save]: lose },
    status: 'failed',
    outcome: 'partial',
    code: 'SAVE_FAILED',
    running: ['a', 'b', 'c'],
    open: 0,
  },
  {
    name: 'live: config mode cannot be left',
    kind: 'live',
    rules: { [steps.leave]: lose },
    status: 'failed',
    outcome: 'partial',
    code: 'SAVE_FAILED',
    running: ['a', 'b', 'c'],
    open: 0,
  },
  {
    name: 'live: config mode cannot be left, no save asked for',
    kind: 'live',
    switches: {},
    rules: { [steps.leave]: lose },
    status: 'finished',
    outcome: 'succeeded',
    running: ['a', 'b', 'c'],
    open: 0,
  },
  {
    name: 'live: refused, and config mode cannot be left',
    kind: 'live',
    rules: { b: refuse, [steps.leave]: slow },
    status: 'failed',
    outcome: 'partial',
    code: 'CONFIG_REFUSED',
    running: ['a'],
    open: 0,
  },
  {
    name: 'live: a dry run',
    kind: 'live',
    switches: { dry_run: true },
    rules: {},
    status: 'failed',
    outcome: 'failed',
    code: 'NOT_SUPPORTED',
    running: [],
    open: 0,
  },
  {
    name: 'candidate: all accepted',
    kind: 'candidate',
    rules: {},
    status: 'finished',
    outcome: 'succeeded',
    running: ['a', 'b', 'c'],
    saved: true,
    results: [null, null, null, null, null],
    open: 1,
  },
  {
    name: 'candidate: a line refused',
    kind: 'candidate',
    rules: { b: refuse },
    status: 'failed',
    outcome: 'rolled_back',
    code: 'CONFIG_REFUSED',
    running: [],
    results: [null, 'invalid_input', 'skipped'],
    open: 1,
  },
  {
    name: 'candidate: the first line refused',
    kind: 'candidate',
    rules: { a: refuse },
    status: 'failed',
    outcome: 'failed',
    code: 'CONFIG_REFUSED',
    running: [],
    open: 1,
  },
  {
    name: 'candidate: commit refused',
    kind: 'candidate',
    rules: { [steps.commit]: { do: 'refuse', failure: { kind: 'commit_failed', message: 'error: x' } } },
    status: 'failed',
    outcome: 'rolled_back',
    code: 'CONFIG_REFUSED',
    running: [],
    results: [null, null, null, 'commit_failed'],
    open: 1,
  },
  {
    name: 'candidate: discard fails after a refusal',
    kind: 'candidate',
    rules: { b: refuse, [steps.discard]: lose },
    status: 'failed',
    outcome: 'unknown',
    code: 'CONTACT_LOST',
    running: [],
    hold: true,
    open: 0,
  },
  {
    name: 'candidate: no answer to a line, the session is still usable',
    kind: 'candidate',
    rules: { b: slow },
    status: 'failed',
    outcome: 'rolled_back',
    code: 'READ_TIMEOUT',
    running: [],
    results: [null, 'other', 'skipped'],
    open: 0,
  },
  {
    name: 'candidate: the device hangs up at a line',
    kind: 'candidate',
    rules: { b: lose },
    status: 'failed',
    outcome: 'unknown',
    code: 'CONTACT_LOST',
    running: [],
    hold: true,
    open: 0,
  },
  {
    name: 'candidate: the device hangs up at the commit',
    kind: 'candidate',
    rules: { [steps.commit]: lose },
    status: 'failed',
    outcome: 'unknown',
    code: 'CONTACT_LOST',
    running: [],
    hold: true,
    open: 0,
  },
  {
    name: 'candidate: the compare fails',
    kind: 'candidate',
    rules: { [steps.compare]: slow },
    status: 'failed',
    outcome: 'rolled_back',
    code: 'READ_TIMEOUT',
    running: [],
    open: 0,
  },
  {
    name: 'candidate: a dry run',
    kind: 'candidate',
    switches: { dry_run: true, save: true },
    rules: {},
    status: 'finished',
    outcome: 'succeeded',
    running: [],
    results: [null, null, null],
    open: 1,
  },
]

describe('a config push', () => {
  it.each(rows)('$name', async (row) => {
    const { bench, device } = benchWith(row.kind)
    for (const [input, rule] of Object.entries(row.rules)) device.on(input, rule)
    const ending = await bench.run({ config: 'a\nb\nc', switches: row.switches ?? { save: true } })
    expect([ending.status, ending.outcome, ending.result.error?.code]).toEqual([row.status, row.outcome, row.code])
    expect(device.running).toEqual(row.running)
    expect(device.candidate).toEqual([])
    expect(device.saved).toEqual(row.saved === true ? row.running : [])
    expect(ending.holdDevice !== undefined).toBe(row.hold === true)
    if (row.results !== undefined)
      expect(ending.result.results.map(({ failure }) => failure?.kind ?? null)).toEqual(row.results)
    expect(bench.network.openSessions).toBe(row.open)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it.each(rows.filter(({ code }) => code === 'CONFIG_REFUSED'))(
    'never commits and never saves after: $name',
    async (row) => {
      const { bench, device } = benchWith(row.kind)
      for (const [input, rule] of Object.entries(row.rules)) device.on(input, rule)
      await bench.run({ config: 'a\nb\nc', switches: { save: true } })
      const sent = inputsOf(device)
      expect(sent).not.toContain(steps.save)
      if (row.rules[steps.commit] === undefined) expect(sent).not.toContain(steps.commit)
      else expect(sent.slice(sent.indexOf(steps.commit))).toContain(steps.discard)
    },
  )

  it('writes its journal before each act', async () => {
    const { bench, device } = benchWith('candidate')
    const seen: string[] = []
    bench.onWrite = async (written) => {
      if ('journal' in written) seen.push(`${written.journal.phase} after ${inputsOf(device).at(-1)}`)
    }
    await bench.run({ config: 'a\nb', switches: { save: true } })
    expect(seen).toContain(`entered_config after ${steps.open}`)
    expect(seen).toContain(`commit_sent after ${steps.compare}`)
    expect(bench.phases.at(-1)).toBe('saved')
    const answers = bench.phases.filter((phase) => phase === 'line_acked' || phase === 'line_sent')
    expect(answers.length).toBeGreaterThan(0)
  })

  it('sends nothing when its journal cannot be written', async () => {
    const { bench, device } = benchWith('live')
    bench.onWrite = async (written) => {
      if ('journal' in written) throw queueError('STALE_CLAIM', 'x')
    }
    expect(await (await bench.start({ config: 'a' })).end).toBe('dropped')
    expect(inputsOf(device)).toEqual([steps.open, steps.close])
  })

  it('does not commit when the journal cannot be written', async () => {
    const { bench, device } = benchWith('candidate')
    bench.onWrite = async (written) => {
      if ('journal' in written && written.journal.phase === 'commit_sent') throw queueError('STORE_UNAVAILABLE', 'x')
    }
    const ending = await bench.run({ config: 'a' })
    expect([ending.status, ending.outcome]).toEqual(['failed', 'rolled_back'])
    expect(inputsOf(device)).not.toContain(steps.commit)
  })

  it('sends a block of several lines as one and reports it as one', async () => {
    const { bench, device } = benchWith('live')
    const { result } = await bench.run({ config: 'a\n\nbanner motd EOF\nhello\n\nEOF\nb' })
    expect(result.results.map(({ command }) => command)).toEqual(['a', 'banner motd EOF\nhello\n\nEOF', 'b'])
    expect(device.running).toEqual(['a', 'banner motd EOF', 'hello', '', 'EOF', 'b'])
  })

  it('answers a dry run with the difference', async () => {
    const { bench } = benchWith('candidate')
    const { result } = await bench.run({ config: 'a\nb', switches: { dry_run: true } })
    expect(result.diff).toBe('+a\n+b')
  })

  it('may be tried again as long as nothing was sent', async () => {
    const { bench, device } = benchWith('live')
    device.on(steps.open, { do: 'throw', error: driverError('CONNECT_TIMEOUT', 'x') })
    expect(await (await bench.start({ config: 'a' })).end).toBe('retrying')
  })

  it('fails on a device that cannot be configured', async () => {
    const { bench, device } = benchWith('live')
    device.hasConfig = false
    expect((await bench.run({ config: 'a' })).result.error?.code).toBe('NOT_SUPPORTED')
  })
})

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
})
