import type { Logger } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { Config, ProcessParts } from '@netpulse/config'
import { createLogger, stopSignal } from '@netpulse/config'
import { greeting } from '../greeting.js'
import type { RunningServer } from '../start-server.js'
import { startServer } from '../start-server.js'

/** Time on top of the drain for closing sessions and the store. */
const closingMs = 10_000

/** Starts the server, greets, and runs until a signal. Answers with the exit code. */
export async function serve(config: Config, { env, stdout }: ProcessParts): Promise<number> {
  const asked = stopSignal() // before the start: a signal that comes early is not lost, and still stops in order
  const logger = createLogger(config.log.level)
  const timeZone = env['TZ']
  const server = await startServer(config, { logger, ...(timeZone === undefined ? {} : { timeZone }) })
  logger.info({ url: server.url, store: config.store }, 'Listening')
  stdout.write(greeting(server))
  const signal = await asked
  logger.info({ signal }, 'Stopping: running jobs may end, waiting ones stay in the store.')
  await stopInTime(server, logger)
  logger.info({}, 'Stopped.')
  return 0
}

/** A stop that does not end in time ends the process with 1. */
async function stopInTime(server: RunningServer, logger: Logger): Promise<void> {
  const limitMs = server.config.worker.drain_timeout * 1000 + closingMs
  const cancel = systemClock.setTimer(limitMs, () => {
    logger.error({ limitMs }, 'The stop took too long; the process ends.')
    process.exit(1)
  })
  await server.stop()
  cancel()
}
