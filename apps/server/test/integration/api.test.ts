import { startServer } from '@netpulse/server'
import type { RunningServer } from '@netpulse/server'
import { startSimulator } from '@netpulse/simulator'
import type { Simulator } from '@netpulse/simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Job {
  readonly id: string
  readonly status: string
  readonly outcome: string
  readonly kind: string
  readonly result: {
    readonly type: number
    readonly error: { readonly code: string } | null
    readonly retval: readonly {
      readonly command: string
      readonly stdout: string
      readonly exit_status: number
      readonly failure: { readonly kind: string } | null
      readonly metadata: { readonly session_reused: boolean }
    }[]
  }
}

interface ErrorBody {
  readonly code: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

describe('the API with real drivers and simulated devices', () => {
  let server: RunningServer
  let simulator: Simulator

  beforeAll(async () => {
    simulator = await startSimulator({
      devices: [
        { name: 'ios', platform: 'cisco_iosxe' },
        { name: 'junos', platform: 'juniper_junos' },
        { name: 'slow', platform: 'cisco_iosxe', thinkTimeMs: 60_000 },
      ],
    })
    server = await startServer({
      store: 'memory:',
      server: { port: 0 },
      worker: { drain_timeout: 0 },
      log: { level: 'error' },
    })
  })

  afterAll(async () => {
    await server.stop()
    await simulator.stop()
  })

  const loginOf = (name: string) => {
    const { platform, host, port, username, password } = simulator.device(name)
    return { device_type: platform, host, port, username, password }
  }

  async function call<Body>(method: string, path: string, body?: unknown) {
    const answer = await fetch(server.url + path, {
      method,
      headers: { 'x-api-key': server.newKey!, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, json: (await answer.json()) as Body }
  }

  const exec = (name: string, work: object) =>
    call<Job>('POST', '/device/exec?wait=20', { driver: 'netmiko', connection_args: loginOf(name), ...work })

  it('runs commands over a session that stays open', async () => {
    const first = await exec('ios', { command: ['show version', 'show clock'] })
    expect(first).toMatchObject({ status: 201, json: { status: 'finished', outcome: 'succeeded', kind: 'query' } })
    expect(first.json.result.retval.map(({ command }) => command)).toEqual(['show version', 'show clock'])
    const second = await exec('ios', { command: 'show clock' })
    expect(second.json.result.retval[0]?.metadata.session_reused).toBe(true)
  })

  it('tells a refused command from a failed job', async () => {
    const refused = await exec('ios', { command: ['show nonsense', 'show clock'] })
    expect(refused.json).toMatchObject({ status: 'finished', outcome: 'refused', result: { type: 1, error: null } })
    expect(refused.json.result.retval.map(({ exit_status }) => exit_status)).toEqual([1, 0])
    const failed = await call<Job>('POST', '/device/exec?wait=20', {
      driver: 'cli',
      connection_args: { ...loginOf('ios'), password: 'wrong' },
      command: 'show clock',
    })
    expect(failed.json).toMatchObject({
      status: 'failed',
      outcome: 'failed',
      result: { type: 2, error: { code: 'AUTH_FAILED' } },
    })
  })

  it('sends no command that the policy denies, and stores no job for it', async () => {
    const tags = ['policy']
    const denied = await call<ErrorBody>('POST', '/device/exec', {
      driver: 'cli',
      connection_args: loginOf('ios'),
      command: ['show clock', 'wr er'],
      tags,
    })
    expect([denied.status, denied.json.code]).toEqual([403, 'COMMAND_DENIED'])
    expect(denied.json.errors).toEqual([{ path: 'command[1]', message: 'is denied by the rule "wr[ite] er[ase]"' }])
    const bulk = await call<{ failed: readonly { code: string }[]; succeeded: readonly unknown[] }>(
      'POST',
      '/device/bulk',
      {
        driver: 'cli',
        command: 'show clock',
        tags,
        devices: [
          { ...loginOf('junos'), command: 'request system zeroize' },
          { ...loginOf('ios'), config: ['do reload'] },
        ],
      },
    )
    expect(bulk.json.failed.map(({ code }) => code)).toEqual(['COMMAND_DENIED', 'COMMAND_DENIED'])
    expect((await call('GET', '/jobs?tag=policy')).json).toEqual([])
  })

  it('lets a key that may only query send what the platform knows to read, and a key with a lifted rule more', async () => {
    const make = async (body: object) =>
      (await call<{ key: string }>('POST', '/keys', { name: 'test', ...body })).json.key
    const send = async (key: string, command: string) => {
      const answer = await fetch(`${server.url}/device/exec`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ driver: 'cli', connection_args: loginOf('ios'), command }),
      })
      return answer.status === 201 ? 'accepted' : ((await answer.json()) as ErrorBody).code
    }
    const reader = await make({ role: 'viewer', scopes: ['query:run'] })
    expect([await send(reader, 'show clock'), await send(reader, 'clear counters')]).toEqual([
      'accepted',
      'COMMAND_DENIED',
    ])
    const operator = await make({ role: 'operator' })
    expect([await send(operator, 'clear counters'), await send(operator, 'format x')]).toEqual([
      'accepted',
      'COMMAND_DENIED',
    ])
    const lifted = await make({ role: 'operator', policy_allow: ['format x'] })
    expect([await send(lifted, 'format x'), await send(lifted, 'format y')]).toEqual(['accepted', 'COMMAND_DENIED'])
  })

  it('applies and saves a configuration', async () => {
    const pushed = await exec('ios', { config: 'interface Loopback7\n description made by a test', save: true })
    expect(pushed.json).toMatchObject({ status: 'finished', outcome: 'succeeded', kind: 'modification' })
    expect(simulator.device('ios').startupConfig).toContain('description made by a test')
  })

  it('stops a push at the refused line and changes nothing on a device with a candidate', async () => {
    const before = simulator.device('junos').runningConfig
    const pushed = await exec('junos', {
      config: ['set system host-name other', 'nonsense', 'set system ntp server 192.0.2.9'],
    })
    expect(pushed.json).toMatchObject({ status: 'failed', outcome: 'rolled_back', result: { type: 2 } })
    expect(pushed.json.result.error?.code).toBe('CONFIG_REFUSED')
    expect(pushed.json.result.retval.map(({ failure }) => failure?.kind === 'skipped')).toEqual([false, false, true])
    expect(simulator.device('junos').runningConfig).toBe(before)
  })

  it('runs a bulk of good devices beside bad ones', async () => {
    const { status, json } = await call<{ succeeded: Job[]; failed: (ErrorBody & { host: string; index: number })[] }>(
      'POST',
      '/device/bulk',
      {
        driver: 'cli',
        command: 'show version',
        connection_args: { device_type: 'cisco_iosxe' },
        devices: [
          loginOf('ios'),
          { ...loginOf('ios'), usrname: 'x' },
          loginOf('junos'),
          { ...loginOf('ios'), device_type: 'cisco_iso' },
        ],
      },
    )
    expect(status).toBe(201)
    expect(json.failed.map(({ index, code }) => [index, code])).toEqual([
      [1, 'INVALID_INPUT'],
      [3, 'PLATFORM_UNKNOWN'],
    ])
    expect(json.failed[0]?.errors).toEqual([
      { path: 'connection_args.usrname', message: expect.stringContaining('"username"') as string },
    ])
    for (const { id } of json.succeeded)
      expect((await call<Job>('GET', `/jobs/${id}?wait=20`)).json).toMatchObject({ outcome: 'succeeded' })
    expect(json.succeeded).toHaveLength(2)
  })

  it('tests a login', async () => {
    const good = await call('POST', '/device/test', { driver: 'cli', connection_args: loginOf('junos') })
    expect(good).toMatchObject({
      status: 200,
      json: { success: true, result: { driver: 'cli', device_type: 'juniper_junos' } },
    })
    const bad = await call('POST', '/device/test', {
      driver: 'cli',
      connection_args: { ...loginOf('junos'), password: 'x' },
    })
    expect(bad).toMatchObject({ status: 200, json: { success: false, code: 'AUTH_FAILED' } })
  })

  it('cancels a running job, and answers 409 afterwards', async () => {
    const { json } = await call<Job>('POST', '/device/exec', {
      driver: 'cli',
      connection_args: loginOf('slow'),
      command: 'show clock',
    })
    await expect.poll(async () => (await call<Job>('GET', `/jobs/${json.id}`)).json.status).toBe('started')
    expect((await call('DELETE', `/jobs/${json.id}`)).json).toMatchObject({ id: json.id, cancel_requested: true })
    expect((await call<Job>('GET', `/jobs/${json.id}?wait=20`)).json).toMatchObject({ status: 'canceled' })
    expect(await call<ErrorBody>('DELETE', `/jobs/${json.id}`)).toMatchObject({
      status: 409,
      json: { code: 'JOB_ALREADY_ENDED' },
    })
  })

  it.each([
    {
      name: 'driver_args',
      change: { driver_args: { read_timout: 5 } },
      path: 'driver_args.read_timout',
      says: /"read_timeout"/,
    },
    { name: 'a switch', change: { sav: true }, path: 'sav', says: /"save"/ },
    { name: 'a driver', change: { driver: 'netmico' }, path: 'driver', says: /netmiko/, expected: 400 },
    { name: 'command beside config', change: { config: 'x' }, path: /command|config|^$/, says: /./ },
  ])('refuses a mistake in $name with a hint', async ({ change, path, says, expected = 422 }) => {
    const body = { driver: 'cli', connection_args: loginOf('ios'), command: 'show clock', ...change }
    const { status, json } = await call<ErrorBody>('POST', '/device/exec', body)
    expect(status).toBe(expected)
    expect(json.errors).toHaveLength(1)
    expect(json.errors?.[0]?.path).toMatch(path)
    expect(json.errors?.[0]?.message).toMatch(says)
  })

  it('lists workers, one of them pinned to the device', async () => {
    const { json } = await call<{ type: string; queues: string[]; status: string }[]>('GET', '/workers?host=127.0.0.1')
    expect(json.map(({ type }) => type)).toContain('pinned')
  })

  it("documents the drivers' own fields", async () => {
    const answer = await fetch(`${server.url}/openapi.json`)
    const { components } = (await answer.json()) as { components: { schemas: Record<string, object> } }
    expect(components.schemas['cli.connection_args']).toMatchObject({ properties: { device_type: {} } })
    expect(components.schemas['cli.driver_args.command']).toMatchObject({ properties: { read_timeout: {} } })
  })
})
