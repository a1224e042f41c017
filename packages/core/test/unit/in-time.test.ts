import { describe, expect, it } from 'vitest'
import { inTime, unlessAborted, within } from '../../src/index.js'
import { FakeClock } from '../../src/testing/index.js'

const never = (): Promise<never> => new Promise(() => undefined)
const late = (): Error => new Error('too late')

describe('a call that has to end in time', () => {
  it('answers, and leaves neither a timer nor a listener behind', async () => {
    const clock = new FakeClock()
    const { signal } = new AbortController()
    expect(await inTime({ clock, timeoutMs: 1_000, signal, late }, () => Promise.resolve('answer'))).toBe('answer')
    expect(clock.pendingTimers).toBe(0)
  })

  it('is told to end when it is late, and not waited for', async () => {
    const clock = new FakeClock()
    let told: AbortSignal | undefined
    const call = inTime({ clock, timeoutMs: 1_000, late }, (signal) => {
      told = signal
      return never()
    })
    const failed = expect(call).rejects.toThrow('too late')
    await clock.advance(999)
    expect(told?.aborted).toBe(false)
    await clock.advance(1)
    await failed
    expect(told?.aborted).toBe(true)
  })

  it('ends with the reason of the signal from outside, whatever it makes of it', async () => {
    const stop = new AbortController()
    const call = inTime({ clock: new FakeClock(), timeoutMs: 1_000, signal: stop.signal, late }, (signal) => {
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('its own'))))
    })
    stop.abort(new Error('from outside'))
    await expect(call).rejects.toThrow('from outside')
  })

  it('is not begun when the signal is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('before'))
    let begun = false
    const call = (): Promise<void> => {
      begun = true
      return never()
    }
    await expect(unlessAborted(signal, call)).rejects.toThrow('before')
    await expect(inTime({ clock: new FakeClock(), timeoutMs: 1, signal, late }, call)).rejects.toThrow('before')
    expect(begun).toBe(false)
  })
})

describe('a promise that may take too long', () => {
  it('answers within its time, fails with its own error, and is undefined after it', async () => {
    const clock = new FakeClock()
    expect(await within(1_000, Promise.resolve('answer'), clock)).toBe('answer')
    await expect(within(1_000, Promise.reject(new Error('its own')), clock)).rejects.toThrow('its own')
    const slow = within(1_000, never(), clock)
    await clock.advance(1_000)
    expect(await slow).toBeUndefined()
    expect(clock.pendingTimers).toBe(0)
  })
})
