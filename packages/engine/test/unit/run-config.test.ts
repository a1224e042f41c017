import { driverError } from '@netpulse/driver-sdk'
import { queueError } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import { benchWith, inputsOf } from '../support/runner-bench.js'
import type { Behaviour } from '../support/scripted-device.js'
import { steps } from '../support/scripted-driver.js'

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
