import { FakeClock } from '@netpulse/core/testing'
import { queueError } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import { engineError } from '../../src/errors.js'
import { JobLimits } from '../../src/run/job-limits.js'

const canceled = queueError('CANCELED', 'canceled')
const drained = engineError('DRAINED', 'drained')
const lost = queueError('LEASE_LOST', 'lost')

function bench() {
  const clock = new FakeClock()
  const controller = new AbortController()
  const limits = new JobLimits({
    clock,
    timeoutMs: 60_000,
    graceMs: 5_000,
    signal: controller.signal,
    isTrusted: () => true,
  })
  return { clock, controller, limits }
}

describe('the limits of an attempt', () => {
  it.each([
    { name: 'open: cancel', state: 'open', reason: canceled, at: 0 },
    { name: 'open: drain', state: 'open', reason: drained, at: 0 },
    { name: 'open: lost claim', state: 'open', reason: lost, at: 0 },
    { name: 'shielded: cancel', state: 'shielded', reason: canceled, at: 5_000 },
    { name: 'shielded: drain', state: 'shielded', reason: drained, at: 5_000 },
    { name: 'shielded: lost claim', state: 'shielded', reason: lost, at: 0 },
    { name: 'sealed: cancel comes too late', state: 'sealed', reason: canceled, at: 60_000 },
    { name: 'sealed: drain', state: 'sealed', reason: drained, at: 5_000 },
    { name: 'sealed: lost claim', state: 'sealed', reason: lost, at: 0 },
  ])('$name', async ({ state, reason, at }) => {
    const { clock, controller, limits } = bench()
    if (state !== 'open') limits.shield()
    if (state === 'sealed') limits.seal()
    controller.abort(reason)
    if (at > 0) {
      await clock.advance(at - 1)
      expect(limits.signal.aborted).toBe(false)
      await clock.advance(1)
    }
    expect(limits.signal.aborted).toBe(true)
    expect(limits.signal.reason).toMatchObject(at === 60_000 ? { code: 'EXECUTION_TIMEOUT' } : { code: reason.code })
    limits.end()
    expect(clock.pendingTimers).toBe(0)
  })

  it('shows a cancel at the next safe point, before anything is aborted', () => {
    const { controller, limits } = bench()
    limits.shield()
    controller.abort(canceled)
    expect(limits.signal.aborted).toBe(false)
    expect(() => limits.throwIfStopping()).toThrow('canceled')
    limits.end()
  })

  it('gives up on a driver after the grace, and later when clean-up was granted more time', async () => {
    const { clock, limits } = bench()
    let abandoned = false
    void limits.abandoned.then(() => (abandoned = true))
    limits.stop(canceled)
    await clock.advance(4_000)
    limits.grant(10_000)
    await clock.advance(14_999)
    expect(abandoned).toBe(false)
    await clock.advance(1)
    expect(abandoned).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  it('knows a signal that was aborted before it began', () => {
    const limits = new JobLimits({
      clock: new FakeClock(),
      timeoutMs: 1,
      graceMs: 1,
      signal: AbortSignal.abort(lost),
      isTrusted: () => true,
    })
    expect(limits.stopReason).toBe(lost)
    limits.end()
  })
})
