import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { BackOff } from '../../src/back-off.js'

describe('the back-off', () => {
  it('doubles from a second to thirty while lives are short', () => {
    const backOff = new BackOff(new FakeClock())
    const pauses = Array.from({ length: 7 }, () => {
      backOff.born()
      return backOff.pauseMs()
    })
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('begins anew after a life of a minute', async () => {
    const clock = new FakeClock()
    const backOff = new BackOff(clock)
    for (let life = 0; life < 4; life++) backOff.pauseMs()
    backOff.born()
    await clock.advance(59_999)
    expect(backOff.pauseMs()).toBe(16_000)
    backOff.born()
    await clock.advance(60_000)
    expect(backOff.pauseMs()).toBe(1000)
    backOff.born()
    expect(backOff.pauseMs()).toBe(2000)
  })
})
