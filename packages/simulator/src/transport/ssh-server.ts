import ssh2 from 'ssh2'
import type { ClientInfo, Connection as SshClient, ParsedKey, Server as SshServer, ServerConfig } from 'ssh2'
import { simulatorError } from '../errors.js'
import type { DeviceSpec } from '../spec.js'

/** A private host key, parsed once and shared by all servers that use it. */
export type ParsedHostKey = ParsedKey

/** A new ed25519 host key. ssh2 1.17 writes one of some hundred so that nothing can read it. */
export function generateHostKey(): ParsedHostKey {
  let text = ssh2.utils.generateKeyPairSync('ed25519').private
  while (ssh2.utils.parseKey(text) instanceof Error) text = ssh2.utils.generateKeyPairSync('ed25519').private
  return parseHostKey(text)
}

/** @throws INVALID_HOST_KEY */
export function parseHostKey(text: string): ParsedHostKey {
  const parsed = ssh2.utils.parseKey(text)
  const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed
  if (key instanceof Error) throw simulatorError('INVALID_HOST_KEY', `The host key cannot be read: ${key.message}`)
  return key
}

/** SSH's own keepalive would keep a timer per connection; 24 days are as good as never. */
const never = 2 ** 31 - 1

/** An SSH server that listens nowhere: sockets are handed to it. */
export function createSshServer(
  spec: DeviceSpec,
  hostKey: ParsedHostKey,
  onClient: (client: SshClient, info: ClientInfo) => void,
): SshServer {
  const config = {
    // A parsed key is taken as it is, so that thousands of servers share one.
    hostKeys: [{ key: hostKey }],
    keepaliveInterval: never,
    ...(spec.banner === undefined ? {} : { banner: spec.banner }),
    ...(spec.algorithms === undefined ? {} : { algorithms: spec.algorithms }),
  }
  return new ssh2.Server(config as unknown as ServerConfig, onClient)
}
