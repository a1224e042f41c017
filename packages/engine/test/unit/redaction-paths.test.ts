import { describe, expect, it } from 'vitest'
import { driverError } from '@netpulse/driver-sdk'
import { RunnerBench } from '../support/runner-bench.js'

const secret = 'canary-53cr3t'
const connectionArgs = {
  host: 'r1',
  password: secret,
  jump_hosts: [{ host: 'j', password: `${secret}-hop` }],
}

describe('no secret leaves a job', () => {
  it('by output, stderr, failure, command, transcript, journal, live output or error', async () => {
    const bench = new RunnerBench()
    const { outputs } = bench
    const device = bench.network.device('r1')
    device
      // Long enough to be told while the job runs.
      .on('show a', {
        do: 'say',
        text: `${'!\n'.repeat(40_000)}password is ${secret} and ${secret}-hop\nsnmp-server community public RO`,
      })
      .on(`show ${secret}`, { do: 'refuse', failure: { kind: 'denied', message: `no ${secret}` } })
    await bench.run({ connectionArgs, command: ['show a', `show ${secret}`], transcript: true })
    device.on('b', { do: 'refuse', failure: { kind: 'other', message: `bad ${secret}` } })
    device.hasCandidate = true
    await bench.run({ connectionArgs, config: [`username x secret ${secret}`, 'b'], transcript: true })
    await bench.run({ connectionArgs, config: `key ${secret}`, switches: { dry_run: true } })
    device.on('show c', {
      do: 'throw',
      error: driverError('PROMPT_UNKNOWN', `odd: ${secret}`, { details: { seen: [`x ${secret}`] } }),
    })
    await bench.run({ connectionArgs, command: 'show c' })
    const everything = JSON.stringify([bench.written, bench.logged, outputs])
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain('community public')
    expect(everything.match(/\[redacted\]/g)!.length).toBeGreaterThan(12)
    expect(outputs.join('')).toContain('password is [redacted] and [redacted]')
  })

  it('keeps a transcript of what went both ways', async () => {
    const bench = new RunnerBench()
    const { result } = await bench.run({ command: ['show a', 'show b'], transcript: true })
    expect(result.transcript).toBe(
      '>>> <open>\n\n<<< r1/admin <open>\nr1#\n>>> show a\n\n<<< r1/admin show a\nr1#\n>>> show b\n\n<<< r1/admin show b\nr1#',
    )
    expect((await bench.run({ command: 'show a' })).result.transcript).toBeUndefined()
  })

  it('by a secret that stands in the driver arguments', async () => {
    const bench = new RunnerBench()
    bench.network.device('r1').on('show a', { do: 'say', text: `answered ${secret}` })
    const ending = await bench.run({ command: 'show a', driverArgs: { answer: secret } })
    expect(ending.result.results[0]!.stdout).toBe('answered [redacted]')
  })
})
