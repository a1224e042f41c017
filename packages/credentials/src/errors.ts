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
  CREDENTIAL_PROVIDER_UNKNOWN: {
    kind: 'invalid',
    summary:
      'A reference names a credential provider that is not configured (`credentials.providers`), or names none where there are several or none.',
  },
  CREDENTIAL_REFERENCE_INVALID: {
    kind: 'invalid',
    summary:
      'A credential reference is not of a form that can be looked up: an empty or dotted segment, an encoded character, or a part that its provider does not know.',
  },
  CREDENTIAL_NOT_ALLOWED: {
    kind: 'denied',
    summary: 'The reference is outside of `allowed_paths` of its provider. The provider was not asked.',
  },
  CREDENTIAL_FIELD_MISSING: {
    kind: 'invalid',
    summary:
      'The secret lacks a field that `field_mapping` (or the default one: `username`, `password`) takes a value from.',
  },
  CREDENTIAL_FILE_INVALID: {
    kind: 'unavailable',
    summary:
      'The file of credentials cannot be used: not one of ours, damaged, sealed with a key that the keyring lacks, or others than its owner may read it. Nothing was changed in it.',
  },
  CREDENTIAL_FILE_BUSY: {
    kind: 'conflict',
    retryable: true,
    summary:
      'Another process is changing the file of credentials or its keyring, or ended while it did: the message names its lock.',
  },
})
