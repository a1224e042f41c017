import { defineErrors } from '@netpulse/core'

/** Errors of the transports beyond those that every driver shares (`driverError` of `@netpulse/driver-sdk`). */
export const sessionError = defineErrors({
  HOST_KEY_STORE_INVALID: {
    kind: 'internal',
    summary:
      'The host key file cannot be read or is not one of ours. It is never reset by itself: repair it, restore it, or move it away to start with an empty one.',
  },
  CHANNEL_REFUSED: {
    kind: 'unavailable',
    retryable: true,
    summary:
      'The login was accepted, but the device refused to open the shell, the command or the subsystem: too many sessions, or not allowed for this account.',
  },
})
