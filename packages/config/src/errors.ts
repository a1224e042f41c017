import { defineErrors } from '@netpulse/core'

export const configError = defineErrors({
  USAGE: { kind: 'invalid', summary: 'The command line has a word or a flag that does not exist, or lacks a value.' },
  CONFIG_UNREADABLE: {
    kind: 'invalid',
    summary: 'The configuration file, or a file that it names, does not exist or cannot be read, or is not YAML.',
  },
  CONFIG_INVALID: {
    kind: 'invalid',
    summary: 'A setting is unknown or out of range. The message has each with the place where it was set.',
  },
})
