import { describe, expect, it } from 'vitest'
import type { BreakerPolicy, BreakerState } from '../../src/logins/breaker.js'
import { admissionOf, failed, isStale, released } from '../../src/logins/breaker.js'

const policy: BreakerPolicy = { failures: 3, windowMs: 600_000, pauseMs: 30_000, longestPauseMs: 300_000 }

const afterFailures = (marks: readonly string[], atMs = 0, from?: BreakerState): BreakerState | undefined =>
  marks.reduce<BreakerState | undefined>((state, mark) => failed(state, mark, atMs, policy), from)

describe('a breaker', () => {
  it('admits as long as there are fewer failures than it takes', () => {
    expect(admissionOf(undefined, 0)).toEqual({ state: 'admitted' })
    expect(admissionOf(afterFailures(['a', 'b']), 1)).toEqual({ state: 'admitted' })
  })

  it('opens with the last of them, for a while', () => {
    const open = afterFailures(['a', 'b', 'c'])
    expect(admissionOf(open, 10_000)).toEqual({ state: 'paused', forMs: 20_000 })
  })

  it('counts what fails again and again under one mark once', () => {
    expect(admissionOf(afterFailures(['a', 'a', 'a', 'a']), 1)).toEqual({ state: 'admitted' })
  })

  it('forgets failures that are long ago', () => {
    const old = afterFailures(['a', 'b'])
    expect(admissionOf(failed(old, 'c', 600_000, policy), 600_000)).toEqual({ state: 'admitted' })
  })

  it('does not pause longer for those who had been let in before it opened', () => {
    const open = afterFailures(['a', 'b', 'c'])!
    expect(failed(open, 'd', 1_000, policy)).toBe(open)
  })

  it('lets one try when its time is over, and the others wait for what comes of it', () => {
    const over = admissionOf(afterFailures(['a', 'b', 'c']), 30_000)
    expect(over).toMatchObject({ state: 'admitted', next: { trial: true } })
    const { next } = over as { readonly next: BreakerState }
    expect(admissionOf(next, 31_000)).toMatchObject({ state: 'paused' })
    expect(admissionOf(next, 150_000)).toMatchObject({ state: 'admitted' })
  })

  it('pauses twice as long after each trial that fails, up to the longest pause', () => {
    let state = afterFailures(['a', 'b', 'c'])!
    const pauses: number[] = []
    for (let nowMs = 0; pauses.length < 6;) {
      const paused = admissionOf(state, nowMs)
      if (paused.state !== 'paused') throw new Error('not paused')
      pauses.push(paused.forMs)
      nowMs += paused.forMs
      const admitted = admissionOf(state, nowMs) as { readonly next: BreakerState }
      state = failed(admitted.next, 'again', nowMs, policy)
    }
    expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000])
  })

  it('gives a trial that was given up to the next one at once, and counts no failure', () => {
    const { next } = admissionOf(afterFailures(['a', 'b', 'c']), 30_000) as { readonly next: BreakerState }
    const again = admissionOf(released(next, 31_000), 31_000)
    expect(again).toMatchObject({ state: 'admitted', next: { trial: true, pauses: 1 } })
  })

  it('begins anew when nothing has failed for long after its pause', () => {
    const open = afterFailures(['a', 'b', 'c'])!
    expect(isStale(open, 629_999, policy)).toBe(false)
    expect(isStale(open, 630_000, policy)).toBe(true)
    expect(failed(open, 'd', 630_000, policy)).toEqual({ marks: { d: 630_000 }, pauses: 0 })
  })
})
