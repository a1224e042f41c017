import type { Logger } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { RunningServer } from '../start-server.js'

const signals = { SIGINT: 2, SIGTERM: 15 } as const

/** Ctrl-C reaches a whole process group, and npm passes it on as well: what comes this soon is the same signal. */
const sameSignalMs = 500

/** Time on top of the drain for closing sessions and the store. */
const closingMs = 10_000

/**
 * Runs until SIGTERM or SIGINT, then stops in order: 0. A second signal ends the process at once with 128 plus the
 * signal's number, as shells count; a stop that does not end in time does so with 1.
 */
export async function untilSignal(server: RunningServer, log: Logger): Promise<number> {
  await new Promise<void>((resolve) => {
    let stoppingSinceMs: number | undefined
    for (const [signal, number] of Object.entries(signals)) {
      process.on(signal, () => {
        if (stoppingSinceMs !== undefined) {
          if (systemClock.monotonicMs() - stoppingSinceMs >= sameSignalMs) process.exit(128 + number)
          return
        }
        stoppingSinceMs = systemClock.monotonicMs()
        log.info({ signal }, 'Stopping: running jobs may end, waiting ones stay in the store.')
        resolve()
      })
    }
  })
  const limitMs = server.config.worker.drain_timeout * 1000 + closingMs
  systemClock.setTimer(limitMs, () => {
    log.error({ limitMs }, 'The stop took too long; the process ends.')
    process.exit(1)
  })
  await server.stop()
  log.info({}, 'Stopped.')
  return 0
}
