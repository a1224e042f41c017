import { driverError } from '@netpulse/driver-sdk'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine.js'
import type { BenchOptions } from '../support/engine-bench.js'
import { request, run, startBench } from '../support/engine-bench.js'
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

const wrong = { username: 'svc', password: 'wrong' }

describe('logins of jobs', () => {
  it('stop for a device that cannot be reached, and go on when an operator says so', async () => {
    const { engine, network } = await bench({ logins: { deviceFailures: 2 } })
    const error = driverError('HOST_KEY_UNKNOWN', 'x')
    const down = driverError('CONNECT_FAILED', 'refused')
    network
      .device('r1')
      .on(steps.open, { do: 'throw', error: down }, { do: 'throw', error: down }, { do: 'throw', error })
    // A change is tried as long as nothing was touched, so that two attempts are enough.
    const first = await run(engine, 'r1', { config: 'line 1' })
    expect(first.result?.error).toMatchObject({
      code: 'DEVICE_PAUSED',
      details: { retryAfterSeconds: expect.any(Number) },
    })
    expect(network.device('r1').inputs.filter((input) => input.endsWith(steps.open))).toHaveLength(2)
    const [pause] = await engine.loginPauses()
    expect(pause).toMatchObject({ scope: 'device', device: 'r1' })
    await engine.endLoginPause(pause!.id)
    expect((await run(engine, 'r1', { command: 'show x' })).result?.error?.code).toBe('HOST_KEY_UNKNOWN')
    expect(await engine.loginPauses()).toEqual([])
  })

  it('try a wrong password at three of many devices', async () => {
    const { engine, network } = await bench()
    const hosts = Array.from({ length: 50 }, (_, index) => `r${index}`)
    const submitted = await engine.submitMany(
      hosts.map((host) => request(host, { command: 'show x', connectionArgs: { host, ...wrong } })),
    )
    const ended = await Promise.all(submitted.flatMap((one) => ('job' in one ? [engine.wait(one.job.id)] : [])))
    const codes = ended.map(({ result }) => result?.error?.code)
    expect(codes.filter((code) => code === 'AUTH_FAILED')).toHaveLength(3)
    expect(codes.filter((code) => code === 'CREDENTIAL_PAUSED')).toHaveLength(47)
    expect((await run(engine, 'r0', { command: 'show x' })).outcome).toBe('succeeded')
    expect(network.device('r0').opened).toBe(1)
  })

  it('are counted for tests of a connection too', async () => {
    const { engine } = await bench()
    const test = () => engine.testConnection({ driver: 'scripted', connectionArgs: { host: 'r1', ...wrong } })
    const codes: (string | undefined)[] = []
    for (let n = 0; n < 4; n++) codes.push((await test()).error?.code)
    expect(codes).toEqual([...Array(3).fill('AUTH_FAILED'), 'CREDENTIAL_PAUSED'])
  })
})
