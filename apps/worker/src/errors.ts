import { defineErrors } from '@netpulse/core'

export const workerError = defineErrors({
  WORKER_FOLDER_IN_USE: {
    kind: 'conflict',
    summary:
      'Another netpulse-worker runs with the same folder. The folder names its nodes, and a node runs once. Choose another with `--store`.',
  },
  HEALTH_PORT_UNAVAILABLE: {
    kind: 'conflict',
    summary: 'The health endpoint cannot listen on its address and port. Choose another port.',
  },
})
