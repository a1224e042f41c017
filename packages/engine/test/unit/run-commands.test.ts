import { coreError } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'
import { queueError } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import { engineError } from '../../src/errors.js'
import { RunnerBench } from '../support/runner-bench.js'
import { steps } from '../support/scripted-driver.js'

const canceled = queueError('CANCELED', 'canceled')

describe('a query', () => {
  it('gives one result per command, in order, with what the device said', async () => {
    const bench = new RunnerBench()
    const ending = await bench.run({ command: 'show a\nshow b' })
    expect(ending.status).toBe('finished')
    expect(ending.outcome).toBe('succeeded')
    expect(ending.result.results).toEqual([
      {
        command: 'show a',
        stdout: 'r1/admin show a',
        stderr: '',
        exitStatus: 0,
        failure: null,
        metadata: { host: 'r1', durationSeconds: 0.001, sessionReused: false },
      },
      expect.objectContaining({ command: 'show b', stdout: 'r1/admin show b' }),
    ])
    expect(bench.phases).toEqual([])
  })

  it('says when its session has served before', async () => {
    const bench = new RunnerBench()
    await bench.run({ command: 'show a' })
    const { result } = await bench.run({ command: 'show a' })
    expect(result.results[0]!.metadata.sessionReused).toBe(true)
    expect(bench.network.device('r1').opened).toBe(1)
  })

  it('goes on after a refused command and ends finished, refused', async () => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('show b', { do: 'refuse' })
    const ending = await bench.run({ command: ['show a', 'show b', 'show c'] })
    expect([ending.status, ending.outcome]).toEqual(['finished', 'refused'])
    expect(ending.result.results.map(({ exitStatus }) => exitStatus)).toEqual([0, 1, 0])
    expect(ending.result.results[1]!.failure).toEqual({ kind: 'invalid_input', message: '% Invalid input detected' })
    expect(ending.result.error).toBeUndefined()
  })

  it.each([
    { name: 'a lost session', error: driverError('SESSION_LOST', 'x') },
    { name: 'a read timeout', error: driverError('READ_TIMEOUT', 'x') },
    { name: 'a connect timeout', error: driverError('CONNECT_TIMEOUT', 'x') },
  ])('is tried again after $name, with a growing pause, and fails at the last attempt', async ({ error }) => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('show a', { do: 'throw', error })
    expect(await (await bench.start({ command: 'show a' }, 1)).end).toBe('retrying')
    expect(await (await bench.start({ command: 'show a' }, 2)).end).toBe('retrying')
    expect(await (await bench.start({ command: 'show a' }, 3)).end).toBe('failed')
    expect(bench.written).toMatchObject([
      { delayMs: 1_000, retry: { code: error.code } },
      { delayMs: 4_000, retry: { code: error.code } },
      { ending: { status: 'failed', outcome: 'failed', result: { error: { code: error.code } } } },
    ])
    expect(bench.network.openSessions).toBe(0)
  })

  it('opens a new session at once when the kept one turns out to be dead', async () => {
    const bench = new RunnerBench()
    await bench.run({ command: 'show a' })
    bench.network.device('r1').on('show a', { do: 'lose' })
    await (
      await bench.start({ command: 'show a' })
    ).end
    expect(bench.written.at(-1)).toMatchObject({ delayMs: 0, retry: { code: 'SESSION_LOST' } })
  })

  it('is never tried again after a refused login', async () => {
    const bench = new RunnerBench()
    const ending = await bench.run({ command: 'show a', connectionArgs: { host: 'r1', password: 'wrong' } })
    expect(ending).toMatchObject({ status: 'failed', outcome: 'failed', result: { error: { code: 'AUTH_FAILED' } } })
  })

  it('keeps the answers that came before it failed', async () => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('show b', { do: 'lose' })
    const ending = await bench.run({ command: ['show a', 'show b'] }, 3)
    expect(ending.result.results.map(({ command }) => command)).toEqual(['show a'])
  })

  it('ends canceled at once when it is canceled, and its session is closed', async () => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('show a', { do: 'hang', usable: true })
    const run = await bench.start({ command: 'show a' })
    await bench.network.device('r1').seen('show a')
    run.cancel(canceled)
    await run.end
    expect(bench.ending).toMatchObject({
      status: 'canceled',
      outcome: 'canceled',
      result: { error: { code: 'CANCELED' } },
    })
    expect(bench.network.openSessions).toBe(0)
  })

  it('ends at its deadline, whatever the driver throws then', async () => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('show a', { do: 'hang' })
    const { end } = await bench.start({ command: 'show a', executionTimeoutSeconds: 7 })
    await bench.network.device('r1').seen('show a')
    await bench.clock.advance(6_999)
    expect(bench.written).toEqual([])
    await bench.clock.advance(1)
    await end
    expect(bench.ending).toMatchObject({ status: 'failed', outcome: 'failed' })
    expect(bench.ending.result.error?.code).toBe('EXECUTION_TIMEOUT')
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it.each([
    { name: 'a command', at: 'show a' },
    { name: 'the login', at: steps.open },
  ])('leaves a driver behind that ignores its signal at $name', async ({ at }) => {
    const bench = new RunnerBench()
    bench.network.device('r1').on(at, { do: 'ignore' })
    const { end } = await bench.start({ command: 'show a', executionTimeoutSeconds: 7 })
    await bench.network.device('r1').seen(at)
    await bench.clock.advance(7_000)
    expect(bench.written).toEqual([])
    await bench.clock.advance(5_000)
    expect(await end).toBe('failed')
    expect(bench.ending.result.error?.code).toBe('EXECUTION_TIMEOUT')
    expect(bench.network.openSessions).toBe(0)
    expect(bench.clock.pendingTimers).toBe(0)
  })

  it('goes back to the queue when a drain ends it, and is stopped when jobs are not durable', async () => {
    for (const durable of [true, false]) {
      const bench = new RunnerBench({ durable })
      bench.network.device('r1').on('show a', { do: 'hang' })
      const { end } = await bench.start({ command: 'show a' })
      await bench.network.device('r1').seen('show a')
      bench.runner.close(engineError('DRAINED', 'bye'))
      await end
      expect(bench.written.at(-1)).toMatchObject(
        durable ? { delayMs: 0, retry: { code: 'DRAINED' } } : { ending: { status: 'stopped', outcome: 'failed' } },
      )
    }
  })

  it('writes nothing when another worker owns the job', async () => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('show a', { do: 'hang' })
    const run = await bench.start({ command: 'show a' })
    await bench.network.device('r1').seen('show a')
    run.cancel(queueError('LEASE_LOST', 'x'))
    expect(await run.end).toBe('dropped')
    expect(bench.written).toEqual([])
    expect(bench.network.openSessions).toBe(0)
  })

  it('ends INTERNAL after a bug in the driver, and logs the stack without secrets', async () => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('show a', { do: 'bug', text: 'no property pa55word' })
    const ending = await bench.run({ command: 'show a' })
    expect(ending).toMatchObject({ status: 'failed', outcome: 'failed', result: { error: { code: 'INTERNAL' } } })
    const [entry] = bench.logged
    expect(entry!.fields['stack']).toMatch(/TypeError: no property \[redacted\]\n\s+at /)
    expect(JSON.stringify([bench.logged, bench.written])).not.toContain('pa55word')
  })

  it('writes its end once more when the store is away for a moment', async () => {
    const bench = new RunnerBench()
    let failures = 2
    bench.onWrite = async () => {
      if (failures-- > 0) throw queueError('STORE_UNAVAILABLE', 'disk full')
    }
    const { end } = await bench.start({ command: 'show a' })
    await bench.clock.advance(0)
    await bench.clock.advance(3_000)
    expect(await end).toBe('succeeded')
    expect(bench.ending.outcome).toBe('succeeded')
  })

  it('is told apart from an abort that is none of ours', async () => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('show a', { do: 'throw', error: coreError('ABORTED', 'by the driver itself') })
    expect((await bench.run({ command: 'show a' })).result.error?.code).toBe('ABORTED')
  })
})

describe('an opaque command', () => {
  it('has a journal from before its first byte', async () => {
    const bench = new RunnerBench()
    const sentAt: number[] = []
    bench.onWrite = async (written) => {
      if ('journal' in written) sentAt.push(bench.network.device('r1').inputs.length)
    }
    const ending = await bench.run({ command: ['reload', 'erase'] })
    expect(ending.outcome).toBe('succeeded')
    expect(bench.phases[0]).toBe('line_sent')
    // Only the login had been sent when the first entry was written.
    expect(sentAt[0]).toBe(1)
  })

  it('is not sent when the journal cannot be written', async () => {
    const bench = new RunnerBench()
    bench.onWrite = async (written) => {
      if ('journal' in written) throw queueError('STALE_CLAIM', 'x')
    }
    const { end } = await bench.start({ command: 'reload' })
    expect(await end).toBe('dropped')
    expect(bench.network.device('r1').inputs).toEqual(['admin:<open>', 'admin:<close>'])
  })

  it.each([
    { name: 'a lost connection', behaviour: { do: 'lose' }, code: 'CONTACT_LOST' },
    { name: 'a deadline', behaviour: { do: 'hang' }, code: 'EXECUTION_TIMEOUT' },
    { name: 'a driver that ignores its signal', behaviour: { do: 'ignore' }, code: 'EXECUTION_TIMEOUT' },
  ] as const)('has an unknown outcome after $name, is not tried again, and holds its device', async (row) => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('reload', row.behaviour)
    const { end } = await bench.start({ command: ['clear x', 'reload', 'clear y'] })
    await bench.network.device('r1').seen('reload')
    await bench.clock.advance(0)
    await bench.clock.advance(300_000)
    await bench.clock.advance(5_000)
    await end
    expect(bench.ending).toMatchObject({ status: 'failed', outcome: 'unknown', result: { error: { code: row.code } } })
    expect(bench.ending.holdDevice).toMatch(/./)
    expect(bench.network.device('r1').inputs).not.toContain('admin:clear y')
  })

  it('may be tried again as long as nothing was sent', async () => {
    const bench = new RunnerBench()
    bench.network.device('r1').on(steps.open, { do: 'throw', error: driverError('CONNECT_FAILED', 'x') })
    expect(await (await bench.start({ command: 'reload' })).end).toBe('retrying')
  })

  it('ends partial when it is canceled between commands', async () => {
    const bench = new RunnerBench()
    const run = await bench.start({ command: ['clear x', 'clear y'] })
    bench.onWrite = async (written) => {
      if ('journal' in written && written.journal.phase === 'line_acked') run.cancel(canceled)
    }
    await run.end
    expect(bench.ending).toMatchObject({ status: 'canceled', outcome: 'partial' })
    expect(bench.network.device('r1').inputs).not.toContain('admin:clear y')
  })
})

describe('what a worker does', () => {
  it('is told of: a job that starts and ends, one that is tried again, a login that is refused', async () => {
    const bench = new RunnerBench()
    await bench.run({ command: 'show a' })
    const error = driverError('CONNECT_FAILED', 'r2 does not answer.')
    bench.network.device('r2').on(steps.open, { do: 'throw', error })
    const other = { command: 'show a', connectionArgs: { host: 'r2', password: 'pa55word' } }
    await (
      await bench.start(other)
    ).end
    const job = { driver: 'scripted', kind: 'query', strategy: 'pinned' }
    const driver = 'scripted'
    expect(bench.observed).toEqual([
      { type: 'job_started', job, waitSeconds: 0 },
      { type: 'session_opened', driver, seconds: 0 },
      { type: 'job_ended', job, status: 'finished', outcome: 'succeeded', runSeconds: 0 },
      { type: 'job_started', job, waitSeconds: 0 },
      { type: 'session_closed', driver },
      { type: 'session_refused', driver, code: 'CONNECT_FAILED', seconds: 0 },
      { type: 'job_retried', job, code: 'CONNECT_FAILED' },
    ])
  })
})
