import { defineErrors } from '@netpulse/core'

export const credentialError = defineErrors({
  SEAL_KEY_UNKNOWN: {
    kind: 'unavailable',
    summary: 'A sealed value names a key that the keyring does not have. Restore the key file that was in use then.',
  },
  SEAL_BROKEN: {
    kind: 'internal',
    summary: 'A sealed value was changed, was cut off, or belongs to another job or device.',
  },
  KEYRING_INVALID: {
    kind: 'invalid',
    summary: 'The key file cannot be used: not one of ours, or others than its owner may read it.',
  },
})
