import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TelnetDecoder } from '../../../src/telnet/telnet-decoder.js'
import { encodeTelnet } from '../../../src/telnet/telnet-encoder.js'

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const encode = (text: string, lineEnd: '\r\n' | '\r\0' | '\n' = '\r\n'): string =>
  latin1(encodeTelnet(Buffer.from(text, 'latin1'), lineEnd))

describe('the telnet encoder', () => {
  it.each([
    { name: 'LF is a line end', input: 'a\nb', output: 'a\r\nb' },
    { name: 'CR LF is one line end', input: 'a\r\nb', output: 'a\r\nb' },
    { name: 'CR alone is CR NUL', input: 'a\rb', output: 'a\r\0b' },
    { name: 'CR at the end is CR NUL', input: 'yes\r', output: 'yes\r\0' },
    { name: 'CR CR LF is CR NUL and a line end', input: '\r\r\n', output: '\r\0\r\n' },
    { name: 'a byte 255 is doubled', input: '\xff', output: '\xff\xff' },
    { name: 'Ctrl-C goes as it is', input: '\x03', output: '\x03' },
  ])('$name', ({ input, output }) => {
    expect(encode(input)).toBe(output)
  })

  it('sends another line end where the server wants one', () => {
    expect(encode('a\nb\r\n', '\r\0')).toBe('a\r\0b\r\0')
    expect(encode('a\nb\r\n', '\n')).toBe('a\nb\n')
  })

  it('is undone by the decoder, but for line ends, which arrive as CR LF', () => {
    const decoder = new TelnetDecoder({ onNegotiation: () => undefined, onSubnegotiation: () => undefined })
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const arrived = latin1(decoder.decode(encodeTelnet(bytes, '\r\n')))
        expect(arrived).toBe(latin1(bytes).replace(/\r?\n/g, '\r\n'))
      }),
    )
  })
})
