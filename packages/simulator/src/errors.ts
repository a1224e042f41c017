import { defineErrors } from '@netpulse/core'

/** What may go wrong with simulated devices; what a device does on purpose is never an error here. */
export const simulatorError = defineErrors({
  PLATFORM_NOT_SIMULATED: {
    kind: 'invalid',
    summary:
      'The simulator has no dialect for the platform and the device has no recorded session to replay. The message lists the dialects.',
  },
  INVALID_HOST_KEY: {
    kind: 'invalid',
    summary: 'The host key of a simulated device is no private key that SSH can use.',
  },
  SIMULATED_DEVICE_COUNT: { kind: 'invalid', summary: 'A number of simulated devices is a positive integer.' },
  SIMULATED_DEVICE_EXISTS: { kind: 'conflict', summary: 'Two simulated devices of one simulator cannot share a name.' },
  SIMULATED_DEVICE_UNKNOWN: { kind: 'not-found', summary: 'The simulator has no device of that name.' },
  SIMULATOR_STOPPED: {
    kind: 'conflict',
    summary: 'The simulator or the device was stopped while something was awaited from it.',
  },
})
