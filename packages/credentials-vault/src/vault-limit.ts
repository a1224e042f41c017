import type { TimeLimit } from '@netpulse/core'
import { providerError } from '@netpulse/plugin-sdk'

/** Vault as a call's time limit: one that is late finds it not available. */
export const vaultLimit = (limit: Omit<TimeLimit, 'late'>): TimeLimit => ({
  ...limit,
  late: () => providerError('CREDENTIAL_UNAVAILABLE', `Vault did not answer within ${limit.timeoutMs / 1000} s.`),
})
