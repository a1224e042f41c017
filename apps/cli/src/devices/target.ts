import { extname } from 'node:path'
import { cliError } from '../errors.js'

/** A device on the command line. */
export interface HostTarget {
  readonly host: string
  readonly port?: number
  readonly username?: string
}

const deviceFiles = ['.csv', '.yaml', '.yml', '.json', '.xls', '.xlsx']

/** Whether the word names a file of devices rather than a host. */
export const isDeviceFile = (word: string): boolean => deviceFiles.includes(extname(word).toLowerCase())

/**
 * Reads `[user@]host[:port]`; an IPv6 address with a port is in brackets.
 * @throws COMMAND_LINE_INVALID
 */
export function parseTarget(word: string): HostTarget {
  const found =
    /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]@]+)|([0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*))(?::(\d{1,5}))?$/.exec(
      word,
    )
  const host = found?.[2] ?? found?.[3] ?? found?.[4]
  if (host === undefined || /[\s/]/.test(host))
    throw cliError(
      'COMMAND_LINE_INVALID',
      `${JSON.stringify(word)} is no device: write [user@]host[:port], or name a file.`,
    )
  const [username, port] = [found?.[1], found?.[5]]
  return {
    host,
    ...(username === undefined ? {} : { username }),
    ...(port === undefined ? {} : { port: Number(port) }),
  }
}
