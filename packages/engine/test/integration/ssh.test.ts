import { fileURLToPath } from 'node:url'
import type { JobRecord, JsonObject } from '@netpulse/core'
import type { SimulatedDevice, Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createNetPulse } from '../../src/create-netpulse.js'
import type { NetPulse, NetPulseOptions, SubmitRequest } from '../../src/netpulse.js'
import { KeptLog } from '../support/engine-bench.js'

const appDir = fileURLToPath(new URL('../../../..', import.meta.url))

let simulator: Simulator
let netpulse: NetPulse
const log = new KeptLog()

beforeAll(async () => {
  simulator = await startSimulator()
})

afterAll(async () => {
  await simulator.stop()
})

beforeEach(async () => {
  netpulse = await start()
})

afterEach(async () => {
  await netpulse.close()
  await Promise.all(simulator.devices.map((device) => device.remove()))
})

const start = (options: NetPulseOptions = {}): Promise<NetPulse> =>
  createNetPulse({ store: 'memory:', appDir, logger: log, ...options })

const add = (name: string, platform: string): Promise<SimulatedDevice> => simulator.add({ name, platform })

function requestFor(device: SimulatedDevice, more: Partial<SubmitRequest>, args: JsonObject = {}): SubmitRequest {
  const { platform, host, port, username, password } = device
  return {
    driver: 'netmiko',
    connectionArgs: { device_type: platform, host, port, username, password, ...args },
    ...more,
  }
}

async function run(device: SimulatedDevice, more: Partial<SubmitRequest>, args: JsonObject = {}): Promise<JobRecord> {
  const { id } = await netpulse.submit(requestFor(device, more, args))
  return netpulse.wait(id)
}

const ends = ({ status, outcome, result }: JobRecord): readonly (string | undefined)[] => [
  status,
  outcome,
  result?.error?.code,
]

describe('over real SSH', () => {
  it('a hundred jobs use one session', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    for (let index = 0; index < 100; index++)
      expect((await run(r1, { command: 'show clock' })).outcome).toBe('succeeded')
    expect([r1.stats.connections, r1.stats.logins]).toEqual([1, 1])
  })

  it('no answer of one device or user reaches a job of another', async () => {
    const devices = await Promise.all(Array.from({ length: 8 }, (_, index) => add(`d${index}`, 'cisco_iosxe')))
    const outcomes = await netpulse.submitMany(
      Array.from({ length: 240 }, (_, index) => {
        const device = devices[(index * 5) % devices.length]!
        return requestFor(device, { command: 'show identity', queueStrategy: index % 4 === 0 ? 'fifo' : 'pinned' })
      }),
    )
    for (const outcome of outcomes) {
      if (!('job' in outcome)) throw new Error(outcome.error.message)
      const { result, request } = await netpulse.wait(outcome.job.id)
      const name = devices.find(({ port }) => port === request.device.port)!.name
      expect(result!.results[0]!.stdout).toContain(`device=${name} `)
    }
  })

  it('a refused line of a live device stops the push; nothing is saved', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    const before = r1.startupConfig
    const job = await run(r1, {
      config: ['interface Loopback7', 'description ok', 'no such command', 'description never'],
      switches: { save: true },
    })
    expect(ends(job)).toEqual(['failed', 'partial', 'CONFIG_REFUSED'])
    expect(job.result!.results.map(({ failure }) => failure?.kind ?? null).at(-1)).toBe('skipped')
    expect(r1.runningConfig).toContain('description ok')
    expect(r1.runningConfig).not.toContain('description never')
    expect([r1.startupConfig, r1.stats.saves]).toEqual([before, 0])
    expect(ends(await run(r1, { config: 'interface Loopback7\ndescription fine', switches: { save: true } }))).toEqual([
      'finished',
      'succeeded',
      undefined,
    ])
    expect(r1.startupConfig).toContain('description fine')
    expect(r1.stats.logins).toBe(1)
  })

  it('a refused line of a candidate leaves nothing behind', async () => {
    const j1 = await add('j1', 'juniper_junos')
    const before = j1.runningConfig
    const job = await run(j1, { config: ['set system host-name other', 'set nonsense here'] })
    expect(ends(job)).toEqual(['failed', 'rolled_back', 'CONFIG_REFUSED'])
    expect([j1.runningConfig, j1.candidateConfig.includes('other'), j1.stats.commits]).toEqual([before, false, 0])
  })

  it('a refused commit is taken back', async () => {
    const j1 = await add('j1', 'juniper_junos')
    j1.behave({ refuseCommit: [/other/] })
    const before = j1.runningConfig
    expect(ends(await run(j1, { config: 'set system host-name other' }))).toEqual([
      'failed',
      'rolled_back',
      'CONFIG_REFUSED',
    ])
    expect(j1.runningConfig).toBe(before)
  })

  it('a dry run shows the difference and changes nothing', async () => {
    const j1 = await add('j1', 'juniper_junos')
    const before = j1.runningConfig
    const job = await run(j1, { config: 'set system host-name other', switches: { dry_run: true } })
    expect(ends(job)).toEqual(['finished', 'succeeded', undefined])
    expect(job.result!.diff).toContain('other')
    expect(j1.runningConfig).toBe(before)
  })

  it('a device that dies in the middle of a push is held until somebody looked', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    r1.fail({ at: 'config-line', line: 1 })
    expect(ends(await run(r1, { config: 'interface Loopback7\ndescription a\nno shutdown' }))).toEqual([
      'failed',
      'unknown',
      'CONTACT_LOST',
    ])
    const later = await netpulse.submit(requestFor(r1, { config: 'interface Loopback8' }))
    expect((await run(r1, { command: 'show clock' })).outcome).toBe('succeeded')
    expect((await netpulse.get(later.id)).status).toBe('queued')
    await netpulse.releaseHold(later.deviceId)
    expect((await netpulse.wait(later.id)).outcome).toBe('succeeded')
    expect(r1.stats.appliedCount('description a')).toBe(1)
  })

  it('a cancel of a push takes effect between two lines', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    let release: (output: string) => void = () => undefined
    r1.script({
      onLine: (line) => (line === 'description slow' ? new Promise((resolve) => (release = resolve)) : undefined),
    })
    const seen = r1.nextCommand(/description slow/)
    const { id } = await netpulse.submit(
      requestFor(r1, { config: 'interface Loopback7\ndescription slow\nno shutdown' }),
    )
    await seen
    expect(await netpulse.cancel(id)).toBe('cancel_requested')
    release('')
    expect(ends(await netpulse.wait(id))).toEqual(['canceled', 'partial', 'CANCELED'])
    expect(r1.stats.appliedCount('no shutdown')).toBe(0)
    expect(ends(await run(r1, { command: 'show clock' }))).toEqual(['finished', 'succeeded', undefined])
  })

  it('a cancel of a query ends it at once', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    r1.fail({ at: 'command', match: /show version/, action: 'hang', interruptible: true })
    const seen = r1.nextCommand(/show version/)
    const { id } = await netpulse.submit(requestFor(r1, { command: 'show version' }))
    await seen
    await netpulse.cancel(id)
    expect(ends(await netpulse.wait(id))).toEqual(['canceled', 'canceled', 'CANCELED'])
    expect((await run(r1, { command: 'show clock' })).outcome).toBe('succeeded')
  })

  it('a deadline ends a job on a device that says nothing more', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    r1.fail({ at: 'command', match: /show version/, action: 'hang' })
    expect(ends(await run(r1, { command: 'show version', executionTimeoutSeconds: 1 }))).toEqual([
      'failed',
      'failed',
      'EXECUTION_TIMEOUT',
    ])
    expect((await run(r1, { command: 'show clock' })).outcome).toBe('succeeded')
  })

  it('a session that the device closed while it was idle is replaced', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    await run(r1, { command: 'show clock' })
    const closed = r1.next('disconnection')
    r1.dropConnections()
    await closed
    expect(ends(await run(r1, { command: 'show clock' }))).toEqual(['finished', 'succeeded', undefined])
  })

  it('a wrong password is tried once', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    expect(ends(await run(r1, { command: 'show clock' }, { password: 'wrong' }))).toEqual([
      'failed',
      'failed',
      'AUTH_FAILED',
    ])
    expect(r1.stats.connections).toBe(1)
  })

  it('a changed host key is refused before the password is sent', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    await run(r1, { command: 'show clock', queueStrategy: 'fifo' })
    r1.rotateHostKey()
    expect(ends(await run(r1, { command: 'show clock', queueStrategy: 'fifo' }))).toEqual([
      'failed',
      'failed',
      'HOST_KEY_CHANGED',
    ])
    expect(r1.stats.logins).toBe(1)
    expect(await netpulse.hostKeys.list()).toHaveLength(1)
  })

  it('a connection test says what it found', async () => {
    const r1 = await add('r1', 'cisco_iosxe')
    const { driver, connectionArgs } = requestFor(r1, {})
    expect(await netpulse.testConnection({ driver, connectionArgs })).toMatchObject({
      success: true,
      info: { prompt: expect.stringContaining('r1') as string },
    })
    await r1.remove()
    expect(await netpulse.testConnection({ driver, connectionArgs })).toMatchObject({
      success: false,
      error: { code: 'CONNECT_FAILED' },
    })
  })

  it('closing leaves no connection', async () => {
    const devices = await Promise.all([add('r1', 'cisco_iosxe'), add('j1', 'juniper_junos')])
    await Promise.all(devices.map((device) => run(device, { command: 'show version' })))
    const gone = devices.map((device) => device.next('disconnection'))
    await netpulse.close()
    await Promise.all(gone)
    expect(devices.map(({ stats }) => stats.openConnections)).toEqual([0, 0])
  })
})
