import type { Algorithms } from 'ssh2'
import type { SshEndpoint } from './ssh-target.js'

/** Host key algorithms that sign with SHA-2 or better, in OpenSSH's order of preference. */
const modernHostKeys = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

/** Switched on per device, after the modern ones. DSA keys are for devices of before 2005. */
const legacy = {
  kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1'],
  serverHostKey: ['ssh-rsa', 'ssh-dss'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  hmac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1', 'hmac-sha1-96', 'hmac-md5', 'hmac-md5-96'],
}

/** ssh2 offers these by default; here they belong to the legacy set. */
const modernOnly = { hmac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1'] }

/** Which signature algorithms prove a key of a type. */
const signaturesOf = (keyType: string): readonly string[] =>
  keyType === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [keyType]

/** The pinned key's type goes first, as OpenSSH does, so that a server with several keys shows the one that is known. */
function pinnedFirst(offered: readonly string[], pinnedType: string | undefined): string[] {
  const wanted = pinnedType === undefined ? [] : signaturesOf(pinnedType)
  return [...offered.filter((name) => wanted.includes(name)), ...offered.filter((name) => !wanted.includes(name))]
}

/** What is offered to a server, in the words of ssh2. `pinnedType` is the type of the host key that is pinned. */
export function offeredAlgorithms(login: SshEndpoint, pinnedType: string | undefined): Algorithms {
  const { algorithms = {}, legacyAlgorithms = false, compress = false } = login
  const old = (names: readonly string[]): string[] => (legacyAlgorithms ? [...names] : [])
  const hostKeys = algorithms.hostKey ?? [...modernHostKeys, ...old(legacy.serverHostKey)]
  const offer = {
    kex: algorithms.kex ?? { append: old(legacy.kex), prepend: [], remove: [] },
    serverHostKey: pinnedFirst(hostKeys, pinnedType),
    cipher: algorithms.cipher ?? { append: old(legacy.cipher), prepend: [], remove: [] },
    hmac: algorithms.mac ?? { remove: modernOnly.hmac, append: old(legacy.hmac), prepend: [] },
    ...(compress ? { compress: ['zlib@openssh.com', 'zlib', 'none'] } : {}),
  }
  return offer as Algorithms
}
