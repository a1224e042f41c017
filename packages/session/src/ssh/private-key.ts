import { coreError } from '@netpulse/core'
import ssh2 from 'ssh2'
import type { ParsedKey } from 'ssh2'
import type { Endpoint } from '../tcp/endpoint.js'
import type { SshEndpoint } from './ssh-target.js'

export type SshPrivateKey = ParsedKey

/**
 * The login's private key, opened; `undefined` when it has none.
 * @throws INVALID_INPUT for a text that is no private key, and for a missing or wrong passphrase
 */
export function privateKeyOf(endpoint: Endpoint, login: SshEndpoint): SshPrivateKey | undefined {
  if (login.privateKey === undefined) return undefined
  const parsed = ssh2.utils.parseKey(login.privateKey, login.passphrase)
  if (parsed instanceof Error) throw unusable(endpoint, reasonOf(parsed, login))
  // OpenSSH's format has room for several keys and holds one; ssh2 answers with a list then.
  const key: ParsedKey | undefined = [parsed].flat()[0]
  if (key?.isPrivateKey() !== true) throw unusable(endpoint, 'it is a public key')
  return key
}

/**
 * The same key, which does not sign with SHA-1: an RSA key is used so (`ssh-rsa`) with a server that does not say by
 * RFC 8308 what it takes. `onRefused` is told when a server wants such a signature.
 */
export function withoutSha1(key: SshPrivateKey, onRefused: () => void): SshPrivateKey {
  const sign = (data: Buffer | string, algorithm?: string): Buffer | Error => {
    if (key.type !== 'ssh-rsa' || algorithm === 'sha256' || algorithm === 'sha512') return key.sign(data, algorithm)
    onRefused()
    return new Error('SHA-1 signatures belong to the legacy algorithms')
  }
  return Object.create(key, { sign: { value: sign } }) as SshPrivateKey
}

/** The parser's own words may quote the key. */
function reasonOf(error: Error, login: SshEndpoint): string {
  if (!/passphrase|decrypt|integrity|encrypted/i.test(error.message)) {
    return 'its format is not one of OpenSSH, PEM, PPK'
  }
  return login.passphrase === undefined
    ? 'it is encrypted and no passphrase is given'
    : 'the passphrase does not open it'
}

const unusable = (endpoint: Endpoint, reason: string): Error =>
  coreError('INVALID_INPUT', `${endpoint.title}: the private key cannot be used: ${reason}.`, {
    details: { errors: [{ path: `${endpoint.requestPath}.pkey`, message: reason }] },
  })
