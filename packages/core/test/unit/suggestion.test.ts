import { describe, expect, it } from 'vitest'
import { nearestWord } from '../../src/suggestion.js'

const known = ['read_timeout', 'expect_string', 'device_type', 'username', 'port']

describe('nearestWord', () => {
  it.each([
    { word: 'read_timout', nearest: 'read_timeout' },
    { word: 'readTimeout', nearest: 'read_timeout' },
    { word: 'devcie_type', nearest: 'device_type' },
    { word: 'prot', nearest: 'port' },
    { word: 'banana', nearest: undefined },
    { word: 'x'.repeat(10_000), nearest: undefined },
  ])('finds $nearest for a misspelt key', ({ word, nearest }) => {
    expect(nearestWord(word, known)).toBe(nearest)
  })
})
