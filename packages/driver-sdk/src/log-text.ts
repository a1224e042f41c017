/** Text of a log and how many of the bytes it stands for. */
export interface LogText {
  readonly text: string
  readonly sizeBytes: number
}

const lineFeed = 0x0a

/** Where the last character begins that may go on behind the end (RFC 3629 section 3). */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0
    if (length > 0) return length > back ? bytes.length - back : bytes.length
    if (byte < 0x80) return bytes.length
  }
  return bytes.length
}

/**
 * The bytes of a log as a `TaskReading` has them: whole lines, or whole characters where there is no line end. With `isEnd`
 * nothing follows, and everything is given. What is no UTF-8 becomes U+FFFD.
 */
export function logTextOf(bytes: Uint8Array, isEnd: boolean): LogText {
  const lineEnd = bytes.lastIndexOf(lineFeed) + 1
  const sizeBytes = isEnd ? bytes.length : lineEnd > 0 ? lineEnd : wholeCharacters(bytes)
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, sizeBytes)), sizeBytes }
}
