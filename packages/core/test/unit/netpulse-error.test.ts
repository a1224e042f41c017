import { describe, expect, it } from 'vitest'
import { coreError, toErrorData } from '../../src/errors.js'
import { defineErrors, isNetPulseError } from '../../src/netpulse-error.js'

const makeError = defineErrors({
  BOX_GONE: { kind: 'unavailable', retryable: true, summary: 'The box is gone.' },
  BOX_ODD: { kind: 'invalid', summary: 'The box is odd.' },
})

describe('defineErrors', () => {
  it('makes errors with code, kind, retryable, details and cause', () => {
    const cause = new Error('below')
    const error = makeError('BOX_GONE', 'Box 7 is gone.', { details: { box: 7 }, cause })
    expect(error).toMatchObject({ code: 'BOX_GONE', kind: 'unavailable', retryable: true, details: { box: 7 }, cause })
    expect(error).toBeInstanceOf(Error)
    expect(error.stack).toContain('Box 7 is gone.')
  })

  it('takes an error for final unless its code says otherwise', () => {
    expect(makeError('BOX_ODD', 'Odd.').retryable).toBe(false)
  })

  it('keeps its definitions for the reference page', () => {
    expect(Object.keys(makeError.definitions)).toEqual(['BOX_GONE', 'BOX_ODD'])
  })
})

describe('isNetPulseError', () => {
  it('recognises an error of another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { code: 'BOX_GONE', [Symbol.for('netpulse.error')]: true })
    expect(isNetPulseError(foreign)).toBe(true)
    expect(isNetPulseError(foreign, 'BOX_GONE')).toBe(true)
    expect(isNetPulseError(foreign, 'BOX_ODD')).toBe(false)
  })

  it.each([[new Error('x')], [null], [undefined], ['BOX_GONE'], [{ code: 'BOX_GONE' }]])('refuses %s', (value) => {
    expect(isNetPulseError(value)).toBe(false)
  })
})

describe('toErrorData', () => {
  it('keeps what an error of ours says', () => {
    expect(toErrorData(coreError('ABORTED', 'Ended.', { details: { by: 'caller' } }))).toEqual({
      code: 'ABORTED',
      kind: 'conflict',
      retryable: false,
      message: 'Ended.',
      details: { by: 'caller' },
    })
  })

  it('says of a bug only that it is one: its text may hold anything', () => {
    const data = toErrorData(new TypeError('cannot read password hunter2'))
    expect(data.code).toBe('INTERNAL')
    expect(JSON.stringify(data)).not.toContain('hunter2')
  })
})
