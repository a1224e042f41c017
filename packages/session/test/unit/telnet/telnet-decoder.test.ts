import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TelnetDecoder } from '../../../src/telnet/telnet-decoder.js'

interface Seen {
  readonly data: number[]
  readonly events: (readonly number[])[]
}

function decode(chunks: readonly Uint8Array[]): Seen {
  const seen: Seen = { data: [], events: [] }
  const decoder = new TelnetDecoder({
    onNegotiation: (command, option) => seen.events.push([command, option]),
    onSubnegotiation: (bytes) => seen.events.push([250, ...bytes]),
  })
  for (const chunk of chunks) seen.data.push(...decoder.decode(chunk))
  return seen
}

const bytes = (...parts: (string | number | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)))

const text = (seen: Seen): string => Buffer.from(seen.data).toString('latin1')

describe('the telnet decoder', () => {
  it.each([
    { name: 'plain text', input: bytes('login: '), data: 'login: ', events: [] },
    { name: 'a doubled IAC', input: bytes('a', 255, 255, 'b'), data: 'a\xffb', events: [] },
    { name: 'CR NUL', input: bytes('a\r\0b'), data: 'a\rb', events: [] },
    { name: 'CR LF', input: bytes('a\r\nb'), data: 'a\r\nb', events: [] },
    { name: 'a NUL that follows no CR', input: bytes('a\0b'), data: 'a\0b', events: [] },
    { name: 'CR CR NUL', input: bytes('\r\r\0x'), data: '\r\rx', events: [] },
    { name: 'CR before a command', input: bytes('\r', [255, 251, 1], '\nx'), data: '\r\nx', events: [[251, 1]] },
    {
      name: 'all four verbs',
      input: bytes([255, 251, 1, 255, 252, 2, 255, 253, 3, 255, 254, 4]),
      data: '',
      events: [
        [251, 1],
        [252, 2],
        [253, 3],
        [254, 4],
      ],
    },
    { name: 'option 255', input: bytes([255, 253, 255], 'x'), data: 'x', events: [[253, 255]] },
    { name: 'no-operation and go-ahead', input: bytes('a', [255, 241], 'b', [255, 249], 'c'), data: 'abc', events: [] },
    {
      name: 'a sub-negotiation',
      input: bytes('a', [255, 250, 24, 1, 255, 240], 'b'),
      data: 'ab',
      events: [[250, 24, 1]],
    },
    {
      name: 'a doubled IAC within one',
      input: bytes([255, 250, 31, 1, 255, 255, 255, 240], 'b'),
      data: 'b',
      events: [[250, 31, 1, 255]],
    },
    {
      name: 'a sub-negotiation without SE',
      input: bytes([255, 250, 24, 1, 255, 251, 3], 'b'),
      data: 'b',
      events: [[251, 3]],
    },
    { name: 'an empty sub-negotiation', input: bytes([255, 250, 255, 240], 'b'), data: 'b', events: [] },
  ])('reads $name', ({ input, data, events }) => {
    const seen = decode([input])
    expect(text(seen)).toBe(data)
    expect(seen.events).toEqual(events)
  })

  it('keeps no more than a kilobyte of a sub-negotiation that does not end', () => {
    const seen = decode([bytes([255, 250, 24]), new Uint8Array(100_000), bytes([255, 240], 'x')])
    expect(text(seen)).toBe('x')
    expect(seen.events[0]).toHaveLength(1 + 1024)
  })

  it('does not copy a chunk that holds data only', () => {
    const decoder = new TelnetDecoder({ onNegotiation: () => undefined, onSubnegotiation: () => undefined })
    const chunk = bytes('show version\n')
    expect(decoder.decode(chunk)).toBe(chunk)
  })

  // Bytes that mean something come often, so that random input meets every edge of the state table.
  const byte = fc.oneof(fc.constantFrom(255, 250, 240, 251, 253, 13, 10, 0, 24, 1), fc.integer({ min: 0, max: 255 }))

  it('reads the same from a stream that is split anywhere', () => {
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 20 }), (stream, cuts) => {
        const whole = Uint8Array.from(stream)
        const edges = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].sort((a, b) => a - b)
        const pieces = edges.slice(1).map((edge, index) => whole.slice(edges[index], edge))
        expect(decode(pieces)).toEqual(decode([whole]))
      }),
      { numRuns: 2000 },
    )
  })

  it('gives back any data that a server escapes as it should, whatever is negotiated between', () => {
    const negotiation = fc.constantFrom([255, 251, 1], [255, 253, 31], [255, 250, 24, 1, 255, 240], [255, 241])
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((data) => ({ data: [...data], wire: escape(data) })),
      negotiation.map((wire) => ({ data: [] as number[], wire })),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const seen = decode([Uint8Array.from(parts.flatMap(({ wire }) => wire))])
        expect(seen.data).toEqual(parts.flatMap(({ data }) => data))
      }),
      { numRuns: 1000 },
    )
  })
})

/** As a server sends data: every bare CR as CR NUL, every 255 doubled. */
const escape = (data: Uint8Array): number[] =>
  [...data].flatMap((byte) => (byte === 255 ? [255, 255] : byte === 13 ? [13, 0] : [byte]))
