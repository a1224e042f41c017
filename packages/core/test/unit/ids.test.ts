import { describe, expect, it } from 'vitest'
import { newJobId } from '../../src/ids.js'

describe('newJobId', () => {
  it('makes ids that sort by creation', () => {
    const ids = Array.from({ length: 1000 }, newJobId)
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(1000)
  })
})
