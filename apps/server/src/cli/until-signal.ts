import type { Logger } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { RunningServer } from '../start-server.js'

const signals = { SIGINT: 2, SIGTERM: 15 } as const

/** Time on top of the drain for closing sessions and the store. */
const closingMs = 10_000

/**
 * Runs until SIGTERM or SIGINT, then stops in order: 0. A second signal ends the process at once with 128 plus the
 * signal's number, as shells count; a stop that does not end in time does so with 1.
 */
export async function untilSignal(server: RunningServer, log: Logger): Promise<number> {
  await new Promise<void>((resolve) => {
    let isStopping = false
    for (const [signal, number] of Object.entries(signals)) {
      process.on(signal, () => {
        if (isStopping) process.exit(128 + number)
        isStopping = true
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
