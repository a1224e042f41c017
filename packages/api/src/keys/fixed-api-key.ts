import { apiError } from '../errors.js'
import type { Authenticate, Principal } from '../principal.js'
import { hashOf, hasHash } from './api-key.js'

const shortestKey = 16

const placeholder =
  /^(my|your|the|an?)?[-_ ]?(api|secret)?[-_ ]?(key|token|secret|password)([-_ ]?here)?$|change[-_ ]?me|change[-_ ]?this|example|placeholder|^<.*>$|^\$\{.*\}$|^x+$/i

/**
 * Takes one key that the operator chose, from the configuration. It is kept as a hash only.
 * @throws API_KEY_WEAK for an empty key, a placeholder and one of under 16 characters
 */
export function fixedApiKey(key: string, principal: Principal): Authenticate {
  if (key.trim() === '') throw apiError('API_KEY_WEAK', 'The configured API key is empty.')
  if (placeholder.test(key))
    throw apiError('API_KEY_WEAK', 'The configured API key is a placeholder. Choose a secret one.')
  if (key.length < shortestKey || new Set(key).size < 6)
    throw apiError(
      'API_KEY_WEAK',
      `The configured API key is too easy to guess. Use at least ${shortestKey} random characters.`,
    )
  const hash = hashOf(key)
  return (given) => (hasHash(given, hash) ? principal : undefined)
}
