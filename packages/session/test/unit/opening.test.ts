import { getEventListeners } from 'node:events'
import { coreError } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { Opening } from '../../src/opening.js'

const limit = { timeoutMs: 100, timedOut: () => new Error('too late') }
const never = (): void => undefined

describe('an opening', () => {
  it('gives the value of a wait and leaves no timer', async () => {
    const clock = new FakeClock()
    const opening = new Opening(clock, new AbortController().signal, 'Connecting')
    expect(await opening.wait<number>(limit, (resolve) => resolve(7))).toBe(7)
    expect(clock.pendingTimers).toBe(0)
  })

  it('ends a wait at its limit, and all that follow', async () => {
    const clock = new FakeClock()
    const opening = new Opening(clock, new AbortController().signal, 'Connecting')
    const wait = opening.wait(limit, never).catch((error: unknown) => error)
    await clock.advance(99)
    expect(clock.pendingTimers).toBe(1)
    await clock.advance(1)
    expect(await wait).toEqual(new Error('too late'))
    expect(clock.pendingTimers).toBe(0)
    await expect(opening.wait(limit, never)).rejects.toThrow('too late')
  })

  it('ends with ABORTED when the signal fires, before or while it waits', async () => {
    for (const early of [true, false]) {
      const controller = new AbortController()
      if (early) controller.abort()
      const opening = new Opening(new FakeClock(), controller.signal, 'Connecting to r1')
      const wait = opening.wait(limit, never)
      controller.abort()
      await expect(wait).rejects.toMatchObject({
        code: 'ABORTED',
        message: 'Connecting to r1 was ended by its caller.',
      })
    }
  })

  it('throws the signal’s reason when that is an error of ours', async () => {
    const reason = coreError('INVALID_INPUT', 'the job was refused')
    const opening = new Opening(new FakeClock(), AbortSignal.abort(reason), 'Connecting')
    await expect(opening.wait(limit, never)).rejects.toBe(reason)
  })

  it('keeps the first of several errors', async () => {
    const opening = new Opening(new FakeClock(), new AbortController().signal, 'Connecting')
    opening.fail(new Error('first'))
    opening.fail(new Error('second'))
    await expect(opening.wait(limit, never)).rejects.toThrow('first')
  })

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    const opening = new Opening(new FakeClock(), signal, 'Connecting')
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    opening.end()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
