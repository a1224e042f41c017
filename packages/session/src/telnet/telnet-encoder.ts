import { telnetCommand } from './telnet-codes.js'

const { IAC } = telnetCommand
const cr = 0x0d
const lf = 0x0a
const nul = 0x00

/** What the end of a line becomes on the wire. RFC 854 has `\r\n`; some console servers want another. */
export type TelnetLineEnd = '\r\n' | '\r\0' | '\n'

/**
 * Bytes as a network virtual terminal sends them (RFC 854): LF and CR LF are one line end, a CR alone is CR NUL, a
 * byte 255 is doubled. Each call is taken as a whole: a CR at its end is a CR alone.
 */
export function encodeTelnet(bytes: Uint8Array, lineEnd: TelnetLineEnd): Uint8Array {
  const encoded: number[] = []
  const end = Buffer.from(lineEnd, 'latin1')
  for (const [index, byte] of bytes.entries()) {
    if (byte === lf) encoded.push(...end)
    else if (byte === IAC) encoded.push(IAC, IAC)
    else if (byte !== cr) encoded.push(byte)
    else if (bytes[index + 1] !== lf) encoded.push(cr, nul)
  }
  return Uint8Array.from(encoded)
}
