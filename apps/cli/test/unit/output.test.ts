import { PassThrough } from 'node:stream'
import type { Job } from '@netpulse/client'
import { describe, expect, it } from 'vitest'
import { exitOfEntries, exitOfJob } from '../../src/exit-codes.js'
import { complaintOf, flatRows } from '../../src/output/job-text.js'
import { oneLine, plain } from '../../src/output/plain-text.js'
import { ProgressBar } from '../../src/output/progress-bar.js'
import { table } from '../../src/output/table.js'

const answer = { stderr: '', failure: null, download_url: null, parsed: null, exit_status: 0 }
const metadata = { host: 'r1', duration_seconds: 0.1, session_reused: false }
const job = {
  ...{ id: 'j1', status: 'finished', outcome: 'succeeded', device_name: 'r1', duration: 0.25 },
  result: { type: 1, error: null, retval: [{ ...answer, metadata, command: 'show x', stdout: { a: 1 } }] },
} as unknown as Job

describe('text of a device', () => {
  it.each([
    { name: 'colours', text: 'a\u001b[31mb\u001b[0m', shown: 'ab' },
    { name: 'a title of the window', text: '\u001b]0;evil\u0007x', shown: 'x' },
    { name: 'steps back', text: 'pass\b\b\b\bword', shown: 'password' },
    { name: 'CRLF and tabs', text: 'a\r\n\tb', shown: 'a\n\tb' },
    { name: 'eight-bit control', text: 'a\u009b31mb', shown: 'a31mb' },
    { name: 'letters of all languages', text: 'Zürich 東京', shown: 'Zürich 東京' },
  ])('cannot steer the terminal: $name', ({ text, shown }) => {
    expect(plain(text)).toBe(shown)
  })

  it('stands on one line in a table', () => {
    expect(oneLine(' a\n  b\tc ')).toBe('a b c')
    expect(
      table(
        [
          { head: 'A', value: (row: string) => row },
          { head: 'B', value: () => null },
        ],
        ['x\ny'],
      ),
    ).toBe('A    B\nx y\n')
  })
})

describe('rows of a result file', () => {
  it('are one per command, and one for a job without answers', () => {
    expect(flatRows('core', job)).toMatchObject([
      { name: 'core', command: 'show x', output: '{\n  "a": 1\n}', code: null },
    ])
    const failed = {
      ...job,
      outcome: 'failed',
      result: { type: 2, retval: [], error: { type: 'denied', code: 'AUTH_FAILED', message: 'no' } },
    }
    expect(flatRows('core', failed as unknown as Job)).toMatchObject([
      { command: null, code: 'AUTH_FAILED', error: 'no' },
    ])
  })
})

describe('the exit code', () => {
  it.each([
    { outcome: null, code: 0 },
    { outcome: 'succeeded', code: 0 },
    { outcome: 'refused', code: 1 },
    { outcome: 'rolled_back', code: 1 },
    { outcome: 'expired', code: 1 },
    { outcome: 'partial', code: 6 },
    { outcome: 'unknown', code: 6 },
  ] as const)('of the outcome $outcome is $code', ({ outcome, code }) => {
    expect(exitOfJob({ outcome })).toBe(code)
    expect(complaintOf({ ...job, outcome }) === undefined).toBe(code === 0)
  })

  it('of many is the one that says most', () => {
    const device = { host: 'r1' }
    const failure = { host: 'r1', reason: 'no', code: 'NO' }
    expect(exitOfEntries([{ device, job }])).toBe(0)
    expect(
      exitOfEntries([
        { device, job },
        { device, failure },
      ]),
    ).toBe(1)
    expect(
      exitOfEntries([
        { device, failure },
        { device, job: { ...job, outcome: 'unknown' } },
      ]),
    ).toBe(6)
  })
})

describe('the progress bar', () => {
  const progress = { total: 4, accepted: 3, refused: 1, ended: 1, succeeded: 1 }
  const drawn = (isTTY: boolean, quiet = false) => {
    const sink = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY })
    const bar = new ProgressBar(sink, quiet)
    bar.show(progress)
    bar.clear()
    return String(sink.read() ?? '')
  }

  it('is drawn on a terminal, and taken away', () => {
    expect(drawn(true)).toBe('\r[###############...............] 2/4, 1 not succeeded\u001b[K\r\u001b[K')
  })

  it('is drawn nowhere else, and not when asked to be quiet', () => {
    expect(drawn(false)).toBe('')
    expect(drawn(true, true)).toBe('')
  })
})
