import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { FakeClock } from '../../src/testing/fake-clock.js'

describe('FakeClock', () => {
  it('fires timers in the order of their time, and lets promises run between them', async () => {
    const clock = new FakeClock()
    const seen: string[] = []
    clock.setTimer(20, () => seen.push('b'))
    clock.setTimer(10, () => {
      seen.push('a')
      void Promise.resolve().then(() => clock.setTimer(5, () => seen.push('a+5')))
    })
    await clock.advance(30)
    expect(seen).toEqual(['a', 'a+5', 'b'])
    expect(clock.monotonicMs()).toBe(30)
    expect(clock.pendingTimers).toBe(0)
  })

  it('does not fire what was cancelled, nor what is not due', async () => {
    const clock = new FakeClock()
    const cancel = clock.setTimer(10, () => expect.unreachable())
    clock.setTimer(50, () => expect.unreachable())
    cancel()
    await clock.advance(49)
    expect(clock.pendingTimers).toBe(1)
  })
})

describe('systemClock', () => {
  it('does not fire a far timer at once', async () => {
    let fired = false
    const cancel = systemClock.setTimer(2 ** 40, () => (fired = true))
    await new Promise((resolve) => setImmediate(resolve))
    cancel()
    expect(fired).toBe(false)
  })
})
