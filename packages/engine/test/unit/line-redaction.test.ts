import { createRedactor } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import { LineRedaction } from '../../src/run/line-redaction.js'

const text = 'key is geheim-1 or geheim-2\nsnmp-server community public RO\nenable secret 9 $9$abc\nr1#'
const clean = 'key is [redacted] or [redacted]\nsnmp-server community [redacted] RO\nenable secret 9 [redacted]\nr1#'

describe('redaction of text in pieces', () => {
  it('gives the same at every size of the pieces', () => {
    for (let size = 1; size <= text.length; size++) {
      const lines = new LineRedaction(createRedactor(['geheim-1', 'geheim-2']))
      let out = ''
      for (let at = 0; at < text.length; at += size) out += lines.write(text.slice(at, at + size))
      expect(out + lines.end()).toBe(clean)
    }
  })

  it('lets a line without end out in pieces, and no value between two of them', () => {
    const lines = new LineRedaction(createRedactor(['geheim']))
    const endless = 'x'.repeat(60_000) + 'geheim'
    let out = ''
    let longestHeld = 0
    for (let round = 0; round < 20; round++) {
      for (let at = 0; at < endless.length; at += 997) out += lines.write(endless.slice(at, at + 997))
      longestHeld = Math.max(longestHeld, (round + 1) * endless.length - out.length)
    }
    out += lines.end()
    expect(out).toBe(`${'x'.repeat(60_000)}[redacted]`.repeat(20))
    expect(longestHeld).toBeLessThan(80_000)
  })
})
