import { silentLogger, systemClock } from '@netpulse/core'
import { createMemoryHostKeyStore } from '../../src/index.js'
import type { SshServices } from '../../src/index.js'

/** What a transport gets in most tests. */
export const newServices = (): SshServices => ({
  clock: systemClock,
  log: silentLogger,
  hostKeys: createMemoryHostKeyStore(),
})

export const noAbort = (): AbortSignal => new AbortController().signal
