import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeClock } from '@netpulse/core/testing'
import { createInProcessBackend } from '../../src/index.js'
import type { BackendLimits, BackendUnderTest } from '../../src/testing/index.js'
import { queueBackendContract } from '../../src/testing/index.js'

interface Opening {
  readonly store: string
  readonly clock: FakeClock
  readonly limits: BackendLimits
}

async function openBackend({ store, clock, limits }: Opening): Promise<BackendUnderTest> {
  const { leaseTtlMs, audit = {}, ...queueLimits } = limits
  const backend = createInProcessBackend({ store, clock, leaseTtlMs, limits: queueLimits, audit })
  await backend.start()
  let next: BackendUnderTest | undefined
  const closed: BackendUnderTest = {
    backend,
    advance: (byMs) => clock.advance(byMs),
    now: () => clock.now(),
    dispose: async () => {
      await backend.stop()
      await next?.dispose()
    },
  }
  if (store === 'memory:') return closed
  return {
    ...closed,
    reopen: async () => {
      await backend.stop()
      next = await openBackend({ store, clock, limits })
      return next
    },
    dispose: async () => {
      await closed.dispose()
      await rm(store, { recursive: true, force: true })
    },
  }
}

queueBackendContract({
  name: 'in process, memory',
  make: (limits) => openBackend({ store: 'memory:', clock: new FakeClock(), limits }),
  declares: { losesJobsOnExit: true },
})

queueBackendContract({
  name: 'in process, folder',
  make: async (limits) =>
    openBackend({ store: await mkdtemp(join(tmpdir(), 'netpulse-queue-')), clock: new FakeClock(), limits }),
})
