import { defineErrors } from '@netpulse/core'

/** What may go wrong between NetPulse and a device, the same for every driver. */
export const driverError = defineErrors({
  CONNECT_FAILED: {
    kind: 'unavailable',
    retryable: true,
    summary:
      'The TCP connection to the device or to a jump host was refused or could not be made. Check host, port and route.',
  },
  CONNECT_TIMEOUT: {
    kind: 'timeout',
    retryable: true,
    summary:
      'The device or a jump host did not answer in time: TCP, the SSH banner or the first prompt. Raise the timeout that the message names, or check the route.',
  },
  AUTH_FAILED: {
    kind: 'denied',
    summary: 'The device or a jump host refused the login. Never retried by itself, so that no account is locked.',
  },
  HOST_KEY_CHANGED: {
    kind: 'denied',
    summary:
      'The host key differs from the one pinned for this address. If the change is known to be right, replace the pinned key; the password was not sent.',
  },
  HOST_KEY_UNKNOWN: {
    kind: 'denied',
    summary: 'No key is pinned for this address and the policy is `strict`. Pin the key first.',
  },
  ALGORITHM_MISMATCH: {
    kind: 'unavailable',
    summary:
      'Device and NetPulse have no SSH algorithm in common. Old devices need `legacy_algorithms` for that device.',
  },
  READ_TIMEOUT: {
    kind: 'timeout',
    retryable: true,
    summary: 'The device did not come back to a prompt within `read_timeout`. The session was closed.',
  },
  SESSION_LOST: {
    kind: 'unavailable',
    retryable: true,
    summary: 'The connection ended while the device was being talked to.',
  },
  PROMPT_UNKNOWN: {
    kind: 'unavailable',
    summary:
      'The device shows a prompt that its platform does not know, or cannot reach the mode asked for. Check `device_type`, or add the prompt to the platform.',
  },
  ENABLE_FAILED: {
    kind: 'denied',
    summary: 'The device refused a change of mode: wrong or missing `secret`, or the account may not.',
  },
  TASK_LOST: {
    kind: 'not-found',
    summary:
      'The device knows no such task: it was never started there, was cleaned up, or the device has lost its files. What it did before is not known.',
  },
  NOT_SUPPORTED: {
    kind: 'invalid',
    summary:
      'The driver or the platform cannot do what was asked: a dry run without a candidate, a config push to a read-only platform.',
  },
})
