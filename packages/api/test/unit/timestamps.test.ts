import { describe, expect, it } from 'vitest'
import { timestampFormat } from '../../src/wire/timestamps.js'

describe('instants on the wire', () => {
  const rows: readonly { zone: string | undefined; instant: string; text: string }[] = [
    { zone: undefined, instant: '2026-07-01T10:00:00.123Z', text: '2026-07-01T10:00:00.123Z' },
    { zone: '', instant: '2026-07-01T10:00:00Z', text: '2026-07-01T10:00:00.000Z' },
    { zone: 'UTC', instant: '2026-07-01T10:00:00Z', text: '2026-07-01T10:00:00.000Z' },
    { zone: 'Europe/Berlin', instant: '2026-07-01T10:00:00Z', text: '2026-07-01T12:00:00.000+02:00' },
    { zone: 'Europe/Berlin', instant: '2026-01-01T23:30:00Z', text: '2026-01-02T00:30:00.000+01:00' },
    { zone: 'America/St_Johns', instant: '2026-01-01T00:00:00Z', text: '2025-12-31T20:30:00.000-03:30' },
    { zone: 'Asia/Kathmandu', instant: '2026-01-01T00:00:00Z', text: '2026-01-01T05:45:00.000+05:45' },
    { zone: 'Africa/Abidjan', instant: '2026-01-01T00:00:00Z', text: '2026-01-01T00:00:00.000+00:00' },
  ]
  it.each(rows)('are $text in $zone', ({ zone, instant, text }) => {
    const written = timestampFormat(zone)(new Date(instant))
    expect(written).toBe(text)
    expect(new Date(written)).toEqual(new Date(instant))
  })

  it('refuse a zone that does not exist', () => {
    expect(() => timestampFormat('Mars/Olympus')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error)
  })
})
