import { defineErrors } from '@netpulse/core'

export const serverError = defineErrors({
  PORT_IN_USE: { kind: 'conflict', summary: 'Another process listens on the address and port. Choose another port.' },
  CANNOT_LISTEN: {
    kind: 'unavailable',
    summary: 'The server may not listen on the address and port, or the machine has no such address.',
  },
})
