import type { CliConnection } from '../cli-connection.js'

/**
 * Answers for the secrets that a platform's steps name: `enable` and its like are the request's `secret`. Netmiko's
 * default, an empty text, is none.
 */
export function secretFor(name: string, connection: CliConnection): string | undefined {
  if (name === 'password') return connection.password
  if (name === 'username') return connection.username
  return connection.secret === '' ? undefined : connection.secret
}
