import { describe, expect, it } from 'vitest'
import { deviceFlaws, holdFlaws, jobFlaws } from '../../invariants.mjs'

interface Shown {
  readonly platform?: string
  readonly running?: readonly string[]
  readonly typed?: readonly string[]
}

const lines = ['ip host a-l0 192.0.2.1', 'ip host a-l1 192.0.2.1']

const device = ({ platform = 'cisco_iosxe', running = [], typed = running }: Shown = {}) => ({
  name: 'd0',
  username: 'admin',
  platform,
  runningConfig: running.join('\n'),
  stats: {
    configLineCounts: () => {
      const counts = new Map<string, number>()
      for (const line of typed) counts.set(line, (counts.get(line) ?? 0) + 1)
      return counts
    },
    configLines: [] as { session: number; line: string }[],
  },
})

const push = (outcome: string | undefined) => ({
  id: 'j1',
  kind: 'modification',
  strategy: 'pinned',
  status: 'failed',
  outcome,
  request: { operation: { type: 'config', lines } },
  progress: [],
})

const query = (stdout: string, strategy = 'pinned') => ({
  id: 'j2',
  kind: 'query',
  strategy,
  status: 'finished',
  outcome: 'succeeded',
  request: { operation: { type: 'command', commands: ['show version'] } },
  progress: [],
  result: { results: [{ stdout }] },
})

const identity = (name: string, user: string) => `! identity device=${name} serial=SIM1 user=${user} session=3`

describe('what must hold for a job', () => {
  it.each([
    { name: 'all lines in force, each once', job: push('succeeded'), shown: { running: lines } },
    { name: 'nothing in force after a failure', job: push('failed'), shown: {} },
    { name: 'anything after an unknown outcome', job: push('unknown'), shown: { running: lines.slice(0, 1) } },
    { name: 'an answer of the device to its user', job: query(identity('d0', 'admin')), shown: {} },
    { name: 'an answer to the user of single jobs', job: query(identity('d0', 'once'), 'fifo'), shown: {} },
  ])('holds for $name', ({ job, shown }) => {
    expect(jobFlaws(job, device(shown))).toEqual([])
  })

  it.each([
    {
      name: 'a line that came twice',
      flaw: /^I3: .*2 times/,
      job: push('unknown'),
      shown: { typed: [lines[0]!, lines[0]!] },
    },
    {
      name: 'a success with a line missing',
      flaw: /^I9: .*1 of its 2/,
      job: push('succeeded'),
      shown: { running: lines.slice(1) },
    },
    {
      name: 'a failure that changed something',
      flaw: /^I9: .*in force/,
      job: push('failed'),
      shown: { running: lines },
    },
    { name: 'an end without an outcome', flaw: /^I1/, job: push(undefined), shown: {} },
    { name: 'the answer of another device', flaw: /^I5: .*of d1/, job: query(identity('d1', 'admin')), shown: {} },
    {
      name: "the session of another's login",
      flaw: /^I5: .*session of once/,
      job: query(identity('d0', 'once')),
      shown: {},
    },
    { name: 'a success without an answer', flaw: /^I5: .*without an answer/, job: query(''), shown: {} },
  ])('tells of $name', ({ flaw, job, shown }) => {
    expect(jobFlaws(job, device(shown))).toEqual([expect.stringMatching(flaw)])
  })

  it('finds the lines of a Junos candidate in the tree that is in force', () => {
    const shown = { platform: 'juniper_junos', running: ['static-host-mapping {', '    a-l0 inet 192.0.2.1;', '}'] }
    expect(jobFlaws(push('failed'), device(shown))).toEqual([expect.stringMatching(/^I9: .*a-l0/)])
  })
})

describe('what must hold for a device', () => {
  const witnessOf = (sessions: number, written: { session: number; line: string }[] = []) => {
    const one = device()
    one.stats.configLines.push(...written)
    return { device: one, most: new Map([['admin', sessions]]) }
  }

  it('holds for one session after the other', () => {
    const witness = witnessOf(1, [
      { session: 1, line: 'x' },
      { session: 2, line: 'y' },
    ])
    expect(deviceFlaws({ witness, sessionLimit: 1 })).toEqual([])
  })

  it('tells of more sessions than the limit', () => {
    expect(deviceFlaws({ witness: witnessOf(2), sessionLimit: 1 })).toEqual([expect.stringMatching(/^I6/)])
  })

  it('tells of a session that writes after a later one has', () => {
    const written = [2, 1].map((session) => ({ session, line: 'x' }))
    expect(deviceFlaws({ witness: witnessOf(1, written), sessionLimit: 1 })).toEqual([expect.stringMatching(/^I2/)])
  })
})

describe('what must hold behind a change of unknown outcome', () => {
  const change = (id: string, startedAt: number, endedAt: number, outcome = 'succeeded') => ({
    id,
    kind: 'modification',
    deviceId: 'd0',
    outcome,
    startedAt: new Date(startedAt),
    endedAt: new Date(endedAt),
  })
  const unknown = change('u', 10, 20, 'unknown')

  it('holds for a change that begins after the release', () => {
    expect(holdFlaws([unknown, change('later', 31, 40)], [{ device: 'd0', at: 30 }])).toEqual([])
  })

  it.each([
    { name: 'before the release', releases: [{ device: 'd0', at: 30 }] },
    { name: 'after the release of another device', releases: [{ device: 'd1', at: 21 }] },
    { name: 'after an earlier release', releases: [{ device: 'd0', at: 5 }] },
  ])('tells of a change that begins $name', ({ releases }) => {
    expect(holdFlaws([unknown, change('later', 25, 40)], releases)).toEqual([expect.stringMatching(/later began/)])
  })
})
