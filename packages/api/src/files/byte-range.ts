/** Part of a file, both ends included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** `-N`: the last N bytes. */
const lastBytes = (count: number, sizeBytes: number): ByteRange => ({
  start: Math.max(0, sizeBytes - count),
  end: count === 0 ? -1 : sizeBytes - 1,
})

/** `A-B`, or `A-` to the end. */
const between = (first: number, last: string, sizeBytes: number): ByteRange => ({
  start: first,
  end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1),
})

/**
 * The one range that a header asks for (RFC 9110 14.1.2). `undefined`: the whole file, also for what is no range of bytes,
 * or more than one. `'unsatisfiable'`: it lies behind the end.
 */
export function byteRangeOf(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const found = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/.exec(header?.trim() ?? '')
  if (found === null) return undefined
  const [, first, last = '', count] = found
  if (first !== undefined && last !== '' && Number(last) < Number(first)) return undefined
  const range = first === undefined ? lastBytes(Number(count), sizeBytes) : between(Number(first), last, sizeBytes)
  return range.start >= sizeBytes || range.end < range.start ? 'unsatisfiable' : range
}
