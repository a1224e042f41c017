import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { CliKeepalive } from '../../src/session/cli-keepalive.js'

describe('CliKeepalive', () => {
  it('probes after the interval without a call', async () => {
    const clock = new FakeClock()
    let probes = 0
    const keepalive = new CliKeepalive(clock, 60_000, () => probes++)
    keepalive.resume()
    await clock.advance(59_000)
    keepalive.pause()
    await clock.advance(60_000)
    expect(probes).toBe(0)
    keepalive.resume()
    await clock.advance(60_000)
    expect(probes).toBe(1)
    expect(clock.pendingTimers).toBe(0)
  })

  it('sets no timer for an interval of zero', () => {
    const clock = new FakeClock()
    new CliKeepalive(clock, 0, () => undefined).resume()
    expect(clock.pendingTimers).toBe(0)
  })
})
