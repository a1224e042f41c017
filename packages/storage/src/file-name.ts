/** Longest name that every file system takes with room for an ending, in bytes. */
const longestName = 200

/** Characters that some file system or shell reads as more than a name. */
const unsafe = /[\u0000-\u001f\u007f<>:"|?*\\/]/g

/** Windows' devices: a client may keep the name when it fetches the file. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** The text cut to a length in bytes of UTF-8, never within a character. */
function cut(text: string): string {
  let [length, end] = [0, 0]
  for (const character of text) {
    length += Buffer.byteLength(character)
    if (length > longestName) break
    end += character.length
  }
  return text.slice(0, end)
}

/**
 * A name for a file out of what somebody else calls it: its last part, without characters that mean something, never
 * hidden, never `.` or `..`. What leaves nothing is `file`.
 */
export function safeFileName(text: string): string {
  const last = text.split(/[/\\]/).findLast((part) => part.trim() !== '') ?? ''
  const name = cut(
    last
      .replace(unsafe, '_')
      .trim()
      .replace(/^\.+/, '')
      .replace(/[. ]+$/, ''),
  )
  if (name === '') return 'file'
  return reserved.test(name) ? `_${name}` : name
}
