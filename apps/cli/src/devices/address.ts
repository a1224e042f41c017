import { cliError } from '../errors.js'
import { parseTarget } from './target.js'

const sshPort = 22

/** `host:port` as the server writes it, from `host[:port]`. @throws COMMAND_LINE_INVALID */
export function addressOf(word: string): string {
  const { host, port = sshPort, username } = parseTarget(word)
  if (username !== undefined)
    throw cliError('COMMAND_LINE_INVALID', `${JSON.stringify(word)}: a host key belongs to host[:port], to no user.`)
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
