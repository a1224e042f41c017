const longest = 1024

/** An encoded character may mean a slash or a dot to whoever decodes it; nothing in a path needs one. */
const encoded = /%[0-9a-f]{2}/i

/** No control characters, and no other sign that some server takes for a slash. */
const forbidden = /[\u0000-\u001f\u007f\\]/

/**
 * A path by its segments, without the slash that may stand before and after it. `undefined` for one that could mean
 * another path to somebody else: an empty, `.` or `..` segment, a backslash, a control or an encoded character.
 */
export function segmentsOf(path: string): readonly string[] | undefined {
  if (path.length > longest || encoded.test(path) || forbidden.test(path)) return undefined
  const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/')
  return segments.some((segment) => ['', '.', '..'].includes(segment)) ? undefined : segments
}
