import { asDeviceId } from '@netpulse/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine.js'
import { request, startBench } from '../support/engine-bench.js'
import { ScriptedNetwork } from '../support/scripted-driver.js'

const started: Engine[] = []

async function bench(): Promise<{ readonly engine: Engine; readonly network: ScriptedNetwork }> {
  const network = new ScriptedNetwork()
  const engine = await startBench(network)
  started.push(engine)
  return { engine, network }
}

afterEach(async () => {
  for (const engine of started.splice(0)) await engine.close()
})

const conflict = { code: 'IDEMPOTENCY_CONFLICT' }

describe('a request under an idempotency key', () => {
  it('makes one job, however often it is sent, at once or after the end', async () => {
    const { engine, network } = await bench()
    const change = request('r1', { config: 'line 1', owner: 'ops' })
    const options = { idempotencyKey: 'change-4711' }
    const sent = await Promise.all(Array.from({ length: 5 }, () => engine.submit(change, options)))
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1)
    const ended = await engine.wait(sent[0]!.id)
    expect(ended.outcome).toBe('succeeded')
    expect(await engine.submit(change, options)).toEqual(ended)
    expect(network.device('r1').inputs.filter((input) => input.endsWith('line 1'))).toHaveLength(1)
  })

  it('is refused when it is another one, and does nothing', async () => {
    const { engine, network } = await bench()
    const options = { idempotencyKey: 'k' }
    await engine.submit(request('r1', { command: 'show a' }), options)
    await expect(engine.submit(request('r1', { command: 'show b' }), options)).rejects.toMatchObject(conflict)
    await expect(engine.submit(request('r2', { command: 'show a' }), options)).rejects.toMatchObject(conflict)
    const other = { connectionArgs: { host: 'r1', password: 'another' } }
    await expect(engine.submit(request('r1', { command: 'show a', ...other }), options)).rejects.toMatchObject(conflict)
    expect((await engine.list({}, { limit: 10 })).items).toHaveLength(1)
    expect(network.device('r2').inputs).toEqual([])
  })

  it('is its own for each owner, and for each key', async () => {
    const { engine } = await bench()
    const ids = await Promise.all(
      [
        { owner: 'a', idempotencyKey: 'k' },
        { owner: 'b', idempotencyKey: 'k' },
        { owner: 'a', idempotencyKey: 'k2' },
      ].map(async ({ owner, idempotencyKey }) => {
        const job = await engine.submit(request('r1', { command: 'show a', owner }), { idempotencyKey })
        return job.id
      }),
    )
    expect(new Set(ids).size).toBe(3)
  })

  it('does not say what is secret in it', async () => {
    const { engine } = await bench()
    const job = await engine.submit(request('r1', { command: 'show a' }), { idempotencyKey: 'k' })
    expect(job.fingerprint).toBeDefined()
    expect((await engine.submit(request('r1', { command: 'show a' }))).fingerprint).toBeUndefined()
  })

  it('needs a key of 1 to 255 characters', async () => {
    const { engine } = await bench()
    for (const idempotencyKey of ['', 'x'.repeat(256)])
      await expect(engine.submit(request('r1', { command: 'show a' }), { idempotencyKey })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      })
  })
})

describe('many requests under an idempotency key', () => {
  const many = (hosts: readonly string[]) => hosts.map((host) => request(host, { command: 'show a' }))
  const options = { idempotencyKey: 'nightly' }

  it('make one job each, however often they are sent; a bad one stays bad', async () => {
    const { engine } = await bench()
    const requests = [request('r0', { driverArgs: { nonsense: true } }), ...many(['r1', 'r2', 'r3'])]
    const first = await engine.submitMany(requests, options)
    const again = await engine.submitMany(requests, options)
    const ids = first.map((one) => ('job' in one ? one.job.id : one.error.code))
    expect(ids[0]).toBe('INVALID_INPUT')
    expect(new Set(ids).size).toBe(4)
    expect(again.map((one) => ('job' in one ? one.job.id : one.error.code))).toEqual(ids)
    expect((await engine.list({}, { limit: 10 })).items).toHaveLength(3)
  })

  it('are refused as a whole when they are others, before anything is stored', async () => {
    const { engine } = await bench()
    await engine.submitMany(many(['r1', 'r2']), options)
    await expect(engine.submitMany(many(['r1', 'r2', 'r3']), options)).rejects.toMatchObject(conflict)
    await expect(engine.submitMany(many(['r7', 'r8']), options)).rejects.toMatchObject(conflict)
    await expect(engine.submit(many(['r1'])[0]!, options)).rejects.toMatchObject(conflict)
    for (const device of ['r3', 'r7', 'r8'])
      expect((await engine.list({ deviceId: asDeviceId(device) }, { limit: 10 })).items).toEqual([])
  })
})
