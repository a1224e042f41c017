import { defineErrors } from '@netpulse/core'

export const serverError = defineErrors({
  USAGE: { kind: 'invalid', summary: 'The command line has a word or a flag that does not exist, or lacks a value.' },
  CONFIG_UNREADABLE: { kind: 'invalid', summary: 'The configuration file does not exist or is not YAML.' },
  CONFIG_INVALID: {
    kind: 'invalid',
    summary: 'A setting is unknown or out of range. The message has each with the place where it was set.',
  },
  PORT_IN_USE: { kind: 'conflict', summary: 'Another process listens on the address and port. Choose another port.' },
  CANNOT_LISTEN: {
    kind: 'unavailable',
    summary: 'The server may not listen on the address and port, or the machine has no such address.',
  },
})
