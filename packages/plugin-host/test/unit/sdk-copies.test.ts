import { describe, expect, it } from 'vitest'
import { isCompatible } from '../../src/sdk-copies.js'

describe('isCompatible', () => {
  it.each([
    { name: 'a patch', one: '1.2.3', other: '1.2.9', compatible: true },
    { name: 'a minor', one: '1.2.3', other: '1.9.0', compatible: true },
    { name: 'a major', one: '1.2.3', other: '2.0.0', compatible: false },
    { name: 'a major of two digits', one: '1.2.3', other: '11.2.3', compatible: false },
    { name: 'a patch before 1.0', one: '0.1.0', other: '0.1.7', compatible: true },
    { name: 'a minor before 1.0', one: '0.1.0', other: '0.2.0', compatible: false },
    { name: 'a patch before 0.1', one: '0.0.1', other: '0.0.2', compatible: false },
    { name: 'before and after 1.0', one: '0.1.0', other: '1.0.0', compatible: false },
  ])('says $compatible of versions that differ by $name', ({ one, other, compatible }) => {
    expect(isCompatible(one, other)).toBe(compatible)
    expect(isCompatible(other, one)).toBe(compatible)
  })
})
