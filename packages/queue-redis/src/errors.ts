import { defineErrors } from '@netpulse/core'

/** What keeps a process from starting on Redis. Later trouble is STORE_UNAVAILABLE, as for every backend. */
export const redisError = defineErrors({
  REDIS_UNREACHABLE: {
    kind: 'unavailable',
    retryable: true,
    summary:
      'Redis, or every Sentinel, could not be reached or did not answer when the process started: address, firewall, TLS settings, or a server that is down or still loads its data.',
  },
  REDIS_REFUSED: {
    kind: 'unavailable',
    summary:
      'Redis was reached and refused: password, ACL user without a needed command or key, replica instead of master, read-only or full server, Sentinel without the named master. The message says which.',
  },
  REDIS_TOO_OLD: { kind: 'unavailable', summary: 'The Redis server is older than 6.2. Upgrade it.' },
})
