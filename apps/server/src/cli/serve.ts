import type { ServerConfig } from '../config/config-schema.js'
import { greeting } from '../greeting.js'
import { createLogger } from '../log.js'
import { startServer } from '../start-server.js'
import type { ProcessParts } from './run.js'
import { untilSignal } from './until-signal.js'

/** Starts the server, greets, and runs until a signal. Answers with the exit code. */
export async function serve(config: ServerConfig, { env, stdout }: ProcessParts): Promise<number> {
  const logger = createLogger(config.log.level)
  const timeZone = env['TZ']
  const server = await startServer(config, { logger, ...(timeZone === undefined ? {} : { timeZone }) })
  logger.info({ url: server.url, store: config.store }, 'Listening')
  stdout.write(greeting(server))
  return untilSignal(server, logger)
}
