import { asDeviceId, coreError } from '@netpulse/core'
import type { JsonObject } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { driverError } from '@netpulse/driver-sdk'
import { describe, expect, it } from 'vitest'
import type { LoginGuard } from '../../src/logins/login-guard.js'
import type { LoginLimits } from '../../src/logins/login-limits.js'
import type { Observation } from '../../src/observer.js'
import type { SessionSpec } from '../../src/sessions/session-spec.js'
import { sessionSpecOf } from '../../src/sessions/session-spec.js'
import { ownRecords } from '../../src/store/own-records.js'
import { DriverCatalog } from '../../src/submit/driver-catalog.js'
import { loginGuardOf } from '../support/login-guard.js'
import { pluginsOf } from '../support/plugins.js'
import { ScriptedNetwork, scriptedManifest } from '../support/scripted-driver.js'

const driver = new DriverCatalog(pluginsOf(scriptedManifest(new ScriptedNetwork()))).get('scripted')
const { signal } = new AbortController()
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function loginAt(host: string, connection: JsonObject = { username: 'admin', password: 'pa55word' }): SessionSpec {
  return sessionSpecOf({ driver, device: { id: asDeviceId(host), host, port: 22 }, connection }, new Uint8Array(32))
}

const unreachable = driverError('CONNECT_TIMEOUT', 'no answer')
const refused = driverError('AUTH_FAILED', 'refused')

class Bench {
  readonly clock = new FakeClock()
  readonly records = ownRecords()
  readonly observed: Observation[] = []
  readonly #limits: Partial<LoginLimits>
  readonly guard: LoginGuard

  constructor(limits: Partial<LoginLimits> = {}) {
    this.#limits = limits
    this.guard = this.another()
  }

  /** That of another process. */
  another(): LoginGuard {
    const { clock, records } = this
    return loginGuardOf({ clock, records, limits: this.#limits, observe: (seen) => void this.observed.push(seen) })
  }

  async fail(spec: SessionSpec, error: unknown, times = 1): Promise<void> {
    for (let n = 0; n < times; n++) await (await this.guard.admit(spec, signal)).failed(error)
  }

  async succeed(spec: SessionSpec): Promise<void> {
    await (await this.guard.admit(spec, signal)).succeeded()
  }

  code(spec: SessionSpec, guard = this.guard): Promise<string> {
    return guard.admit(spec, signal).then(
      async (login) => {
        await login.failed(coreError('ABORTED', 'only looked'))
        return 'admitted'
      },
      (error: { readonly code: string }) => error.code,
    )
  }
}

describe('a device that cannot be reached', () => {
  it('is left alone after five failures in a row, by every process', async () => {
    const bench = new Bench()
    await bench.fail(loginAt('r1'), unreachable, 4)
    expect(await bench.code(loginAt('r1'))).toBe('admitted')
    await bench.fail(loginAt('r1'), unreachable)
    expect(await bench.code(loginAt('r1'))).toBe('DEVICE_PAUSED')
    expect(await bench.code(loginAt('r1'), bench.another())).toBe('DEVICE_PAUSED')
    expect(await bench.code(loginAt('r2'))).toBe('admitted')
    expect(bench.observed).toEqual([{ type: 'login_paused', scope: 'device' }])
  })

  it('says for how long', async () => {
    const bench = new Bench()
    await bench.fail(loginAt('r1'), unreachable, 5)
    await bench.clock.advance(10_000)
    await expect(bench.guard.admit(loginAt('r1'), signal)).rejects.toMatchObject({
      code: 'DEVICE_PAUSED',
      retryable: true,
      details: { retryAfterSeconds: 20 },
    })
  })

  it('is tried by one process when its pause is over, and by all when that goes well', async () => {
    const bench = new Bench()
    await bench.fail(loginAt('r1'), unreachable, 5)
    await bench.clock.advance(30_000)
    const trial = await bench.guard.admit(loginAt('r1'), signal)
    expect(await bench.code(loginAt('r1', { password: 'other' }), bench.another())).toBe('DEVICE_PAUSED')
    await trial.succeeded()
    expect(await bench.code(loginAt('r1'), bench.another())).toBe('admitted')
    expect((await bench.records.entries()).size).toBe(0)
  })

  it.each([
    { name: 'a success', end: (bench: Bench) => bench.succeed(loginAt('r1')) },
    { name: 'a refused login', end: (bench: Bench) => bench.fail(loginAt('r1'), refused) },
    {
      name: 'a changed host key',
      end: (bench: Bench) => bench.fail(loginAt('r1'), driverError('HOST_KEY_CHANGED', 'changed')),
    },
  ])('is well again with $name', async ({ end }) => {
    const bench = new Bench()
    await bench.fail(loginAt('r1'), unreachable, 4)
    await end(bench)
    await bench.fail(loginAt('r1', { password: 'other' }), unreachable, 4)
    expect(await bench.code(loginAt('r1', { password: 'other' }))).toBe('admitted')
  })

  it('is not known better by a login that was given up', async () => {
    const bench = new Bench()
    await bench.fail(loginAt('r1'), unreachable, 5)
    await bench.clock.advance(30_000)
    await bench.fail(loginAt('r1'), coreError('ABORTED', 'canceled'))
    await bench.fail(loginAt('r1'), unreachable)
    expect(await bench.code(loginAt('r1'))).toBe('DEVICE_PAUSED')
  })

  it('is always tried with a limit of 0', async () => {
    const bench = new Bench({ deviceFailures: 0 })
    await bench.fail(loginAt('r1'), unreachable, 50)
    expect(await bench.code(loginAt('r1'))).toBe('admitted')
  })
})

describe('a credential that is refused', () => {
  it('by three devices in a row is used nowhere; another password is another credential', async () => {
    const bench = new Bench()
    for (const host of ['r1', 'r2', 'r3']) await bench.fail(loginAt(host), refused)
    expect(await bench.code(loginAt('r4'))).toBe('CREDENTIAL_PAUSED')
    expect(await bench.code(loginAt('r4'), bench.another())).toBe('CREDENTIAL_PAUSED')
    expect(await bench.code(loginAt('r4', { username: 'admin', password: 'better' }))).toBe('admitted')
    expect(await bench.code(loginAt('r4', { username: 'root', password: 'pa55word' }))).toBe('admitted')
    const ownSecret = { username: 'admin', password: 'pa55word', secret: 'of r5' }
    expect(await bench.code(loginAt('r5', ownSecret))).toBe('CREDENTIAL_PAUSED')
  })

  it('by one device again and again is not used there, and goes on elsewhere', async () => {
    const bench = new Bench()
    await bench.fail(loginAt('r1'), refused, 3)
    expect(await bench.code(loginAt('r1'))).toBe('CREDENTIAL_PAUSED')
    expect(await bench.code(loginAt('r2'))).toBe('admitted')
  })

  it('by some devices and taken by others between them is used on', async () => {
    const bench = new Bench()
    for (const host of ['r1', 'r2', 'r3', 'r4', 'r5', 'r6']) {
      await bench.fail(loginAt(host), refused)
      await bench.succeed(loginAt('core'))
    }
    expect(await bench.code(loginAt('r7'))).toBe('admitted')
  })

  it('is tried at one device at a time until one has taken it', async () => {
    const bench = new Bench()
    const hosts = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6']
    const codes = await Promise.all(
      hosts.map(async (host) => {
        const login = await bench.guard.admit(loginAt(host), signal).catch((error: { code: string }) => error.code)
        if (typeof login === 'string') return login
        await turn()
        await login.failed(refused)
        return 'refused'
      }),
    )
    expect(codes).toEqual([...Array(3).fill('refused'), ...Array(3).fill('CREDENTIAL_PAUSED')])
  })

  it('is used at many devices at once when one has taken it', async () => {
    const bench = new Bench()
    const logins = ['r1', 'r2', 'r3'].map((host) => bench.guard.admit(loginAt(host), signal))
    await (await logins[0]!).succeeded()
    await Promise.all(logins)
    expect(await bench.guard.admit(loginAt('r4'), signal)).toBeDefined()
  })

  it('does not wait long for a device that does not answer', async () => {
    const bench = new Bench()
    await bench.guard.admit(loginAt('silent'), signal)
    const next = bench.guard.admit(loginAt('r2'), signal)
    await turn()
    await bench.clock.advance(2_000)
    expect(await next).toBeDefined()
  })

  it('leaves no waiter behind that was aborted', async () => {
    const bench = new Bench()
    const first = await bench.guard.admit(loginAt('r1'), signal)
    const abort = new AbortController()
    const waiting = bench.guard.admit(loginAt('r2'), abort.signal)
    const next = bench.guard.admit(loginAt('r3'), signal)
    abort.abort(coreError('ABORTED', 'canceled'))
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
    await first.failed(refused)
    expect(await next).toBeDefined()
  })
})

describe('the rates of logins', () => {
  it('make a device wait for its time', async () => {
    const bench = new Bench({ perDevicePerMinute: 2 })
    const came: number[] = []
    const logins = Array.from({ length: 4 }, async (_, at) => {
      await (await bench.guard.admit(loginAt('r1', { password: String(at) }), signal)).succeeded()
      came.push(bench.clock.monotonicMs())
    })
    await turn()
    expect(came).toHaveLength(2)
    await bench.clock.advance(30_000)
    await turn()
    expect(came).toHaveLength(3)
    await bench.clock.advance(30_000)
    await Promise.all(logins)
    expect(await bench.code(loginAt('r2'))).toBe('admitted')
  })

  it('make a credential wait at whatever device, and let a canceled job go at once', async () => {
    const bench = new Bench({ perCredentialPerMinute: 1 })
    await bench.succeed(loginAt('r1'))
    const abort = new AbortController()
    const waiting = bench.guard.admit(loginAt('r2'), abort.signal)
    abort.abort(coreError('ABORTED', 'canceled'))
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

describe('the pauses', () => {
  it('are listed with what they are about, without a secret or its fingerprint', async () => {
    const bench = new Bench()
    await bench.fail(loginAt('site/r0'), unreachable, 5)
    for (const host of ['r1', 'r2', 'r3']) await bench.fail(loginAt(host), refused)
    await bench.fail(loginAt('site/r4', { password: 'xyz' }), refused, 3)
    const pauses = await bench.guard.pauses.list()
    expect(pauses).toEqual([
      {
        id: expect.any(String),
        scope: 'device',
        device: 'site/r0',
        until: new Date(bench.clock.now().getTime() + 30_000),
      },
      { id: expect.any(String), scope: 'credential', refusedBy: ['r1', 'r2', 'r3'], until: expect.any(Date) },
      { id: expect.any(String), scope: 'login', device: 'site/r4', until: expect.any(Date) },
    ])
    const fingerprint = Buffer.from(JSON.stringify(['admin', 'pa55word'])).toString('base64url')
    expect(JSON.stringify(pauses)).not.toContain(fingerprint)
  })

  it('are ended by an operator', async () => {
    const bench = new Bench()
    await bench.fail(loginAt('r1'), unreachable, 5)
    const [pause] = await bench.guard.pauses.list()
    expect(await bench.guard.pauses.end(pause!.id)).toEqual(pause)
    expect(await bench.guard.pauses.end(pause!.id)).toBeUndefined()
    expect(await bench.code(loginAt('r1'))).toBe('admitted')
  })

  it('that nobody needs any more leave the records', async () => {
    const bench = new Bench()
    for (let n = 0; n < 499; n++) await bench.fail(loginAt(`r${n}`), unreachable)
    expect((await bench.records.entries()).size).toBe(499)
    await bench.clock.advance(600_000)
    await bench.fail(loginAt('last'), unreachable)
    expect((await bench.records.entries()).size).toBe(1)
  })
})
