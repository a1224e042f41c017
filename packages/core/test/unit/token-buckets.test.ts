import { describe, expect, it } from 'vitest'
import { TokenBuckets } from '../../src/token-buckets.js'

describe('token buckets', () => {
  it('let a burst through, then as many as come back', () => {
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 })
    expect([1, 2, 3, 4].map(() => buckets.take('a', 0).taken)).toEqual([true, true, true, false])
    expect(buckets.look('a', 0)).toEqual({ taken: false, remaining: 0, waitSeconds: 0.5, fullSeconds: 1.5 })
    expect(buckets.take('a', 500).taken).toBe(true)
    expect(buckets.take('b', 500).taken).toBe(true)
  })

  it('promise tokens that still have to come back, each once', () => {
    const buckets = new TokenBuckets({ perSecond: 2, burst: 1 })
    expect([1, 2, 3].map(() => buckets.reserve('a', 0))).toEqual([0, 0.5, 1])
    expect(buckets.reserve('a', 2_000)).toBe(0)
  })

  it('forget the one that was used longest ago when there are too many', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, 2)
    for (const name of ['a', 'b', 'a', 'c']) buckets.take(name, 0)
    expect(['a', 'b', 'c'].map((name) => buckets.look(name, 0).remaining)).toEqual([0, 1, 0])
  })
})
