import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSealer } from '../../src/sealer.js'

const key = (id: string, byte: number) => ({ id, key: new Uint8Array(32).fill(byte) })
const sealer = createSealer({ keys: [key('k1', 1)], current: 'k1' })

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing thrown'
}

describe('createSealer', () => {
  it('opens what it sealed, whatever the text and the context', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, context) => {
        expect(sealer.open(sealer.seal(plain, context), context)).toBe(Buffer.from(plain).toString())
      }),
    )
  })

  it('tells equal texts from others by their fingerprints, also after a rotation', () => {
    const fingerprint = sealer.fingerprint('enable secret hunter2')
    const rotated = createSealer({ keys: [key('k1', 1), key('k2', 2)], current: 'k2' })
    expect(fingerprint).toBe(sealer.fingerprint('enable secret hunter2'))
    expect(rotated.isFingerprintOf(fingerprint, 'enable secret hunter2')).toBe(true)
    expect(rotated.isFingerprintOf(fingerprint, 'enable secret hunter3')).toBe(false)
    expect(rotated.fingerprint('enable secret hunter2')).not.toBe(fingerprint)
    expect(codeOf(() => sealer.isFingerprintOf(rotated.fingerprint('x'), 'x'))).toBe('SEAL_KEY_UNKNOWN')
  })

  it('seals the same text differently each time, and shows nothing of it', () => {
    const one = sealer.seal('hunter2', 'j1|r1')
    expect(one).not.toBe(sealer.seal('hunter2', 'j1|r1'))
    expect(one).toMatch(/^np1\.k1\.[\w-]+$/)
    expect(Buffer.from(one.split('.')[2]!, 'base64url').toString('latin1')).not.toContain('hunter2')
  })

  it('does not open a value for another job', () => {
    expect(codeOf(() => sealer.open(sealer.seal('x', 'j1|r1'), 'j2|r1'))).toBe('SEAL_BROKEN')
  })

  it('does not open a value of which any bit was changed', () => {
    const sealed = sealer.seal('hunter2', 'c')
    const body = Buffer.from(sealed.split('.')[2]!, 'base64url')
    for (let index = 0; index < body.length; index++) {
      const changed = Buffer.from(body)
      changed[index]! ^= 1
      expect(codeOf(() => sealer.open(`np1.k1.${changed.toString('base64url')}`, 'c'))).toBe('SEAL_BROKEN')
    }
  })

  it('does not open a value with something behind it', () => {
    expect(codeOf(() => sealer.open(`${sealer.seal('x', 'c')}.more`, 'c'))).toBe('SEAL_BROKEN')
  })

  it.each(['', 'np1', 'np1.k1.', 'np2.k1.AAAA', 'np1.k1.AAAA', 'hunter2'])('refuses %j', (text) => {
    expect(codeOf(() => sealer.open(text, 'c'))).toBe('SEAL_BROKEN')
  })

  it('opens old values after a rotation, and none whose key is gone', () => {
    const old = sealer.seal('x', 'c')
    const rotated = createSealer({ keys: [key('k1', 1), key('k2', 2)], current: 'k2' })
    expect(rotated.open(old, 'c')).toBe('x')
    expect(rotated.seal('x', 'c')).toMatch(/^np1\.k2\./)
    const later = createSealer({ keys: [key('k2', 2)], current: 'k2' })
    expect(codeOf(() => later.open(old, 'c'))).toBe('SEAL_KEY_UNKNOWN')
  })
})
