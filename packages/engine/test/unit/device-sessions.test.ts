import type { Session } from '@netpulse/driver-sdk'
import { asDeviceId, asSessionKey, silentLogger } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { driverError } from '@netpulse/driver-sdk'
import { describe, expect, it } from 'vitest'
import { DeviceSessions } from '../../src/sessions/device-sessions.js'
import { OpenGate } from '../../src/sessions/open-gate.js'
import { OpeningPlaces } from '../../src/sessions/opening-places.js'
import { SessionOpener } from '../../src/sessions/session-opener.js'
import { loginGuardOf } from '../support/login-guard.js'
import type { Observation } from '../../src/observer.js'
import type { SessionSpec } from '../../src/sessions/session-spec.js'

const context = { signal: new AbortController().signal }
const mayOpen = (): void => undefined

/** A session that does as told. */
class StubSession implements Session {
  readonly info = {}
  usable = true
  closed = 0
  lost: () => void = () => undefined
  onProbe: () => Promise<void> = async () => undefined
  onClose: () => Promise<void> = async () => undefined

  onLost(listener: () => void): void {
    this.lost = () => {
      this.usable = false
      listener()
    }
  }

  send(): Promise<never> {
    throw new Error('not used')
  }

  probe(): Promise<void> {
    return this.onProbe()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed += 1
    await this.onClose()
  }
}

class Bench {
  readonly clock = new FakeClock()
  readonly opened: StubSession[] = []
  readonly observed: string[] = []
  gone = 0
  readonly sessions: DeviceSessions

  constructor(limit = 1) {
    const { clock } = this
    this.sessions = new DeviceSessions({
      opener: new SessionOpener({
        services: { clock, log: silentLogger, hostKeys: {} as never },
        gate: new OpenGate(),
        guard: loginGuardOf({ clock }),
        places: new OpeningPlaces(clock),
        observe: this.observe,
      }),
      clock,
      observe: this.observe,
      limit,
      probeAfterMs: 30_000,
      idleTimeoutMs: 60_000,
      onGone: () => (this.gone += 1),
    })
  }

  readonly observe = ({ type }: Observation): void => void this.observed.push(type)

  spec(key: string, connection = {}): SessionSpec {
    const open = async (): Promise<Session> => {
      const session = new StubSession()
      this.opened.push(session)
      return session
    }
    return {
      key: asSessionKey(key),
      driver: {
        name: 'stub',
        manifest: { connectionSchema: {} },
        driver: async () => ({ open }),
      } as unknown as SessionSpec['driver'],
      device: { id: asDeviceId('r1'), host: 'r1', port: 22 },
      connection,
    }
  }

  /** One job that ends well. */
  async use(key: string, connection = {}): Promise<StubSession> {
    const lent = await this.sessions.lend(this.spec(key, connection), context, mayOpen)
    await lent.giveBack(true)
    return lent.session as StubSession
  }
}

describe('the sessions of a device', () => {
  it('are lent again for an equal key only', async () => {
    const bench = new Bench(2)
    const a = await bench.use('a')
    expect(await bench.use('a')).toBe(a)
    expect(await bench.use('b')).not.toBe(a)
    expect(await bench.use('a')).toBe(a)
    expect(bench.opened).toHaveLength(2)
  })

  it('are never lent to two jobs at once', async () => {
    const bench = new Bench(2)
    const first = await bench.sessions.lend(bench.spec('a'), context, mayOpen)
    const second = await bench.sessions.lend(bench.spec('a'), context, mayOpen)
    expect(first.session).not.toBe(second.session)
  })

  it('make room for another key: the least recently used goes first, and is closed before the next is opened', async () => {
    const bench = new Bench(2)
    const a = await bench.use('a')
    const b = await bench.use('b')
    await bench.use('a')
    let open = 0
    b.onClose = async () => void (open = bench.opened.length)
    await bench.use('c')
    expect([a.closed, b.closed, open, bench.sessions.size]).toEqual([0, 1, 2, 2])
  })

  it.each([
    { name: 'given back in doubt', keep: false, usable: true },
    { name: 'not usable', keep: true, usable: false },
  ])('are closed when they are $name', async ({ keep, usable }) => {
    const bench = new Bench()
    const lent = await bench.sessions.lend(bench.spec('a'), context, mayOpen)
    bench.opened[0]!.usable = usable
    await lent.giveBack(keep)
    expect([bench.opened[0]!.closed, bench.sessions.size]).toEqual([1, 0])
  })

  it('are probed only after a pause', async () => {
    const bench = new Bench()
    let probes = 0
    const session = await bench.use('a')
    session.onProbe = async () => void probes++
    await bench.clock.advance(29_999)
    await bench.use('a')
    await bench.clock.advance(30_000)
    await bench.use('a')
    expect([probes, bench.opened.length]).toEqual([1, 1])
  })

  it('are told of: opened, reused, probed, lost, closed', async () => {
    const bench = new Bench()
    const session = await bench.use('a')
    await bench.use('a')
    await bench.clock.advance(30_000)
    await bench.use('a')
    session.lost()
    await bench.clock.advance(0)
    const reused = ['session_reused', 'session_probed', 'session_reused']
    expect(bench.observed).toEqual(['session_opened', ...reused, 'session_lost', 'session_closed'])
  })

  it('are replaced after a failed probe, and a job that is ended meanwhile gets none', async () => {
    const bench = new Bench()
    const session = await bench.use('a')
    session.onProbe = async () => {
      throw driverError('SESSION_LOST', 'x')
    }
    await bench.clock.advance(30_000)
    expect(await bench.use('a')).not.toBe(session)
    const controller = new AbortController()
    bench.opened[1]!.onProbe = () => new Promise(() => undefined)
    await bench.clock.advance(30_000)
    const lending = bench.sessions.lend(bench.spec('a'), { signal: controller.signal }, mayOpen)
    controller.abort(new Error('ended'))
    await expect(lending).rejects.toThrow('ended')
    expect([bench.opened.length, bench.sessions.size]).toEqual([2, 0])
  })

  it('are closed when idle too long, or as long as the request asks', async () => {
    const bench = new Bench(2)
    const short = await bench.use('a', { keepalive: 5 })
    const long = await bench.use('b', { keepalive: 90 })
    expect(await bench.sessions.closeIdle()).toBe(60_000)
    await bench.clock.advance(60_000)
    expect(await bench.sessions.closeIdle()).toBe(30_000)
    expect([short.closed, long.closed]).toEqual([1, 0])
    await bench.clock.advance(30_000)
    expect(await bench.sessions.closeIdle()).toBeUndefined()
    expect(long.closed).toBe(1)
  })

  it('are forgotten and told of when the device hangs up while they are idle', async () => {
    const bench = new Bench()
    const session = await bench.use('a')
    session.lost()
    await bench.clock.advance(0)
    expect([bench.gone, bench.sessions.size, session.closed]).toEqual([1, 0, 1])
    const lent = await bench.sessions.lend(bench.spec('a'), context, mayOpen)
    bench.opened[1]!.lost()
    await lent.giveBack(true)
    expect([bench.gone, bench.sessions.size]).toEqual([1, 0])
  })

  it('are all closed at once, lent ones too, within a limit', async () => {
    const bench = new Bench(2)
    await bench.use('a')
    await bench.sessions.lend(bench.spec('b'), context, mayOpen)
    bench.opened[1]!.onClose = () => new Promise(() => undefined)
    const closing = bench.sessions.closeAll()
    await bench.clock.advance(5_000)
    await closing
    expect(bench.opened.map(({ closed }) => closed)).toEqual([1, 1])
    expect([bench.sessions.size, bench.clock.pendingTimers]).toEqual([0, 0])
  })
})
