const forAscii = (name: string): string => name.replace(/[^\x20-\x7e]|["\\%]/g, '_')

/** Characters that `encodeURIComponent` leaves and RFC 8187 does not. */
const forExtended = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** The header that makes a browser save a file under a name, never show it (RFC 6266). */
export const asAttachment = (name: string): string =>
  `attachment; filename="${forAscii(name)}"; filename*=UTF-8''${forExtended(name)}`
