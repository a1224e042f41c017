import type { HostKeyRequest } from '@netpulse/client'
import { cliError } from '../../errors.js'

const isKeyType = (word: string): boolean => /^(ssh|ecdsa|sk)-|@openssh\.com$/.test(word)

/** `HOST TYPE BASE64` of `known_hosts` and `ssh-keyscan`; `TYPE BASE64 [COMMENT]` of a `.pub` file. */
const keyOf = (line: string): string => {
  const words = line.trim().split(/\s+/)
  return words.slice(isKeyType(words[0] ?? '') ? 0 : 1).join(' ')
}

/**
 * A host key from its words: `TYPE SHA256:FINGERPRINT`, or a public key.
 * @throws COMMAND_LINE_INVALID for none and for several
 */
export function hostKeyOf(text: string): HostKeyRequest {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const [line] = lines
  if (line === undefined || lines.length > 1)
    throw cliError(
      'COMMAND_LINE_INVALID',
      `host-keys pin takes one key, got ${lines.length}: TYPE SHA256:FINGERPRINT, a public key, or --file FILE with one.`,
    )
  const [type = '', fingerprint = ''] = line.trim().split(/\s+/)
  return fingerprint.startsWith('SHA256:') ? { type, fingerprint } : { public_key: keyOf(line) }
}
