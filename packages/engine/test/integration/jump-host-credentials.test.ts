import cliDriver from '@netpulse/driver-cli/plugin'
import { isNetPulseError } from '@netpulse/core'
import type { JsonObject } from '@netpulse/core'
import type { ProviderSetup } from '@netpulse/credentials'
import { createMemoryHostKeyStore } from '@netpulse/session'
import type { SimulatedDevice, Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine.js'
import type { NetPulseOptions, SubmitRequest } from '../../src/index.js'
import { KeptLog, startBench } from '../support/engine-bench.js'
import { pluginsOf } from '../support/plugins.js'
import { ScriptedNetwork } from '../support/scripted-driver.js'
import { SecretShelf } from '../support/secret-shelf.js'

const logins = {
  outer: { username: 'outer-user', password: 'outer-pa55word' },
  inner: { username: 'inner-user', password: 'inner-pa55word' },
  device: { username: 'netops', password: 'device-pa55word' },
}

let simulator: Simulator
let outer: SimulatedDevice
let inner: SimulatedDevice
let device: SimulatedDevice

beforeAll(async () => {
  simulator = await startSimulator()
})

afterAll(() => simulator.stop())

const started: Engine[] = []
afterEach(async () => {
  for (const engine of started.splice(0)) await engine.close()
  await Promise.all(simulator.devices.map((one) => one.remove()))
})

/** Two jump hosts and a device of the simulator, an engine with the driver `cli`, and secrets that a test changes. */
async function bench(options: NetPulseOptions = {}, setup: Partial<ProviderSetup> = {}) {
  outer = await simulator.add({ name: 'outer', platform: 'linux', jump: true, ...logins.outer })
  inner = await simulator.add({ name: 'inner', platform: 'linux', jump: true, ...logins.inner })
  device = await simulator.add({ name: 'r1', platform: 'cisco_iosxe', telnetPort: 0, ...logins.device })
  const shelf = new SecretShelf()
  for (const [name, login] of Object.entries(logins)) shelf.secrets.set(name, login)
  const engine = await startBench(new ScriptedNetwork(), {
    ...options,
    setup: {
      credentials: shelf.resolver(setup),
      plugins: pluginsOf(cliDriver),
      hostKeys: createMemoryHostKeyStore(),
    },
  })
  started.push(engine)
  return { engine, shelf }
}

const hop = ({ host, port }: SimulatedDevice, more: JsonObject): JsonObject => ({ host, port, ...more })

/** A request whose three logins all come from references, unless a test says otherwise. */
const through = (hops: readonly JsonObject[], more: Partial<SubmitRequest> = {}): SubmitRequest => ({
  driver: 'cli',
  connectionArgs: { device_type: 'cisco_iosxe', host: device.host, port: device.port, jump_hosts: [...hops] },
  credential: { ref: 'device' },
  command: 'show clock',
  ...more,
})

const byReference = () => [hop(outer, { credential: { ref: 'outer' } }), hop(inner, { credential: { ref: 'inner' } })]

const run = async (engine: Engine, request: SubmitRequest) => engine.wait((await engine.submit(request)).id)

const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => ({ code: 'no error', message: '' }),
    (error: unknown) => (isNetPulseError(error) ? error : { code: String(error), message: '' }),
  )

describe('jump hosts that log in by reference', () => {
  it('log in each with its own secret, which only the worker learns', async () => {
    const { engine, shelf } = await bench()
    const stored = await engine.submit(through(byReference()))
    // The sealer of the bench does not hide anything.
    expect(JSON.stringify(stored)).not.toMatch(/pa55word|outer-user/)
    expect((await engine.wait(stored.id)).outcome).toBe('succeeded')
    expect([outer, inner, device].map(({ stats }) => stats.logins)).toEqual([1, 1, 1])
    expect([...shelf.asked].sort()).toEqual(['device', 'inner', 'outer'])
  })

  it('stand beside one with a password of its own, and replace what is inline', async () => {
    const { engine, shelf } = await bench()
    const inline = { username: 'somebody', password: 'inline-pa55word', credential: { ref: 'inner' } }
    const hops = [hop(outer, { ...logins.outer, credential: null }), hop(inner, inline)]
    const stored = await engine.submit(through(hops))
    expect(JSON.stringify(stored)).not.toMatch(/inline-pa55word|somebody/)
    expect((await engine.wait(stored.id)).outcome).toBe('succeeded')
    expect(shelf.asked).not.toContain('outer')
  })

  it('take the fields that the reference maps', async () => {
    const { engine, shelf } = await bench()
    shelf.secrets.set('odd', { login: 'inner-user', word: 'inner-pa55word' })
    const mapped = { ref: 'odd', field_mapping: { username: 'login', password: 'word' } }
    const [first] = byReference()
    const job = await run(engine, through([first!, hop(inner, { credential: mapped })]))
    expect(job.outcome).toBe('succeeded')
  })

  it('get a session of their own when a secret was changed, and share it while it is the same', async () => {
    const { engine, shelf } = await bench({ sessionsPerDevice: 4 })
    const reused = async (request = through(byReference())) =>
      (await run(engine, request)).result?.results[0]?.metadata.sessionReused
    expect([await reused(), await reused()]).toEqual([false, true])
    const inline = [hop(outer, logins.outer), hop(inner, logins.inner)]
    expect(await reused(through(inline))).toBe(true)
    shelf.secrets.set('inner', { ...logins.inner, pkey: 'no key' })
    const other = await run(engine, through(byReference()))
    expect(other.result?.error?.code).toBe('INVALID_INPUT')
    expect(other.result?.error?.message).toContain('Jump host 2')
  })

  it('show no value in results, transcripts, errors or the log', async () => {
    const logger = new KeptLog()
    const { engine, shelf } = await bench({ logger })
    const text = `a ${logins.outer.password} b ${logins.inner.password} c\n`
    device.script({ onLine: (line) => (line === 'show secrets' ? text : undefined) })
    const told = await run(engine, through(byReference(), { command: 'show secrets', transcript: true }))
    expect(told.result?.results[0]?.stdout).toBe('a [redacted] b [redacted] c')
    shelf.secrets.set('inner', { username: 'inner-user', password: 'wrong-pa55word' })
    const refused = await run(engine, through(byReference()))
    expect(refused.result?.error).toMatchObject({ code: 'AUTH_FAILED', details: { hop: 'jump_host', jumpHost: 2 } })
    expect(JSON.stringify([told, refused, logger.entries])).not.toContain('pa55word')
  })

  it('are asked for anew after a jump host has refused what was remembered', async () => {
    const { engine, shelf } = await bench({}, { cacheTtlSeconds: 3600 })
    shelf.secrets.set('outer', { username: 'outer-user', password: 'wrong-pa55word' })
    expect((await run(engine, through(byReference()))).result?.error?.code).toBe('AUTH_FAILED')
    shelf.secrets.set('outer', logins.outer)
    expect((await run(engine, through(byReference()))).outcome).toBe('succeeded')
  })

  it('are a failed job with the code of the provider when a secret is not there or lacks a field', async () => {
    const { engine, shelf } = await bench()
    shelf.secrets.delete('inner')
    const missing = await run(engine, through(byReference()))
    expect(missing).toMatchObject({ outcome: 'failed', result: { error: { code: 'CREDENTIAL_NOT_FOUND' } } })
    shelf.secrets.set('inner', { username: 'inner-user' })
    expect((await run(engine, through(byReference()))).result?.error?.code).toBe('CREDENTIAL_FIELD_MISSING')
    shelf.secrets.set('inner', { username: '', password: 'inner-pa55word' })
    expect((await run(engine, through(byReference()))).result?.error).toMatchObject({
      ...{ code: 'INVALID_INPUT', details: { errors: [{ path: 'connection_args.jump_hosts[1].username' }] } },
    })
    expect(outer.stats.logins).toBe(0)
  })

  it('lead telnet to a device, too', async () => {
    const { engine } = await bench()
    const connectionArgs = { ...through(byReference()).connectionArgs, port: device.telnetPort, transport: 'telnet' }
    expect((await run(engine, through([], { connectionArgs }))).outcome).toBe('succeeded')
  })

  it('are resolved by the controller where that does it, and gone from the job', async () => {
    const { engine, shelf } = await bench({ credentials: { resolve: 'controller' } })
    const stored = await engine.submit(through(byReference()))
    expect([...shelf.asked].sort()).toEqual(['device', 'inner', 'outer'])
    expect(JSON.stringify(stored.request)).not.toContain('"ref"')
    expect((await engine.wait(stored.id)).outcome).toBe('succeeded')
    expect(shelf.asked).toHaveLength(3)
  })

  it('are tested with the login of the device', async () => {
    const { engine, shelf } = await bench()
    const { connectionArgs, credential } = through(byReference())
    const test = () => engine.testConnection({ driver: 'cli', connectionArgs, credential: credential! })
    expect(await test()).toMatchObject({ success: true })
    shelf.secrets.set('outer', { username: 'outer-user', password: 'wrong-pa55word' })
    const refused = await test()
    expect(refused).toMatchObject({ success: false, error: { code: 'AUTH_FAILED' } })
    expect(JSON.stringify(refused)).not.toContain('pa55word')
    shelf.secrets.delete('outer')
    expect(await test()).toMatchObject({ success: false, error: { code: 'CREDENTIAL_NOT_FOUND' } })
  })
})

describe('a jump host', () => {
  it('without a name and without a reference is refused', async () => {
    const { engine } = await bench()
    const error = await errorOf(engine.submit(through([hop(outer, {})])))
    expect(error).toMatchObject({ details: { errors: [{ path: 'connection_args.jump_hosts[0].username' }] } })
  })
})

describe('the reference of a jump host', () => {
  const path = 'connection_args.jump_hosts[0].credential'
  const refused: readonly { name: string; credential: JsonObject[string]; code: string; at?: string }[] = [
    { name: 'an unknown provider', credential: { name: 'shlef', ref: 'outer' }, code: 'CREDENTIAL_PROVIDER_UNKNOWN' },
    { name: 'a path that goes up', credential: { ref: 'a/../outer' }, code: 'CREDENTIAL_REFERENCE_INVALID' },
    { name: 'a path that is not allowed', credential: { ref: 'other' }, code: 'CREDENTIAL_NOT_ALLOWED' },
    { name: 'no ref', credential: { name: 'shelf' }, code: 'INVALID_INPUT', at: `${path}.ref` },
    { name: 'a misspelt key', credential: { ref: 'outer', verison: 1 }, code: 'INVALID_INPUT', at: `${path}.verison` },
    { name: 'a text', credential: 'outer', code: 'INVALID_INPUT', at: path },
    {
      name: 'a mapping to the host',
      credential: { ref: 'outer', field_mapping: { host: 'password' } },
      code: 'INVALID_INPUT',
      at: `${path}.field_mapping.host`,
    },
    {
      name: 'a mapping to an option that only the device has',
      credential: { ref: 'outer', field_mapping: { secret: 'password' } },
      code: 'INVALID_INPUT',
      at: `${path}.field_mapping.secret`,
    },
  ]
  it.each(refused)('is refused before it is stored with $name', async ({ credential, code, at }) => {
    const { engine, shelf } = await bench({}, { allowedPaths: ['outer', 'device'] })
    const error = await errorOf(engine.submit(through([hop(outer, { username: 'u', credential: credential! })])))
    expect(error.code).toBe(code)
    if (at !== undefined) expect(error).toMatchObject({ details: { errors: [{ path: at }] } })
    expect(shelf.asked).toEqual([])
  })
})
