import { describe, expect, it } from 'vitest'
import { journalPhases, mayHaveTouched } from '../../src/journal.js'

describe('mayHaveTouched', () => {
  it('is false before the journal begins', () => {
    expect(mayHaveTouched(undefined)).toBe(false)
  })

  it.each(journalPhases.map((phase) => ({ phase, touched: !['leased', 'connected'].includes(phase) })))(
    'is $touched at $phase: the first byte in config mode is the point of no return',
    ({ phase, touched }) => {
      expect(mayHaveTouched({ phase })).toBe(touched)
    },
  )
})
