import { defineErrors } from '@netpulse/core'

/** What may go wrong when a credential provider is asked, the same for every provider. Messages never hold a value. */
export const providerError = defineErrors({
  CREDENTIAL_NOT_FOUND: {
    kind: 'not-found',
    summary: 'The credential provider has nothing at the reference: check `ref`, `mount`, `version` and `namespace`.',
  },
  CREDENTIAL_DELETED: {
    kind: 'not-found',
    summary: 'The version of the secret that the reference names was deleted or destroyed in the credential provider.',
  },
  CREDENTIAL_FORBIDDEN: {
    kind: 'denied',
    summary: "The credential provider does not let NetPulse's login read this reference. Extend its policy there.",
  },
  CREDENTIAL_SEALED: {
    kind: 'unavailable',
    retryable: true,
    summary: 'The credential provider is sealed and answers nobody until somebody unseals it.',
  },
  CREDENTIAL_LOGIN_EXPIRED: {
    kind: 'unavailable',
    summary:
      "NetPulse's own login at the credential provider has expired or was refused, and cannot be renewed. Give it a new token or secret id.",
  },
  CREDENTIAL_UNAVAILABLE: {
    kind: 'unavailable',
    retryable: true,
    summary:
      'The credential provider cannot be reached, did not answer in time, or answered with a failure of its own.',
  },
  CREDENTIAL_UNREADABLE: {
    kind: 'unavailable',
    summary:
      'What the credential provider keeps cannot be read: a damaged file, a file sealed with a key that is not in the keyring, or an answer of another form.',
  },
})
