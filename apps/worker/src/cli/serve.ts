import type { Config, ProcessParts } from '@netpulse/config'
import { createLogger, stopSignal } from '@netpulse/config'
import type { RunningWorker } from '../start-worker.js'
import { startWorker } from '../start-worker.js'

/** Runs until a signal; a second one kills the processes. Answers with the exit code. */
export async function serve(config: Config, { stdout }: ProcessParts): Promise<number> {
  const asked = stopSignal() // before the start: a signal that comes early is not lost
  const logger = createLogger(config.log.level)
  const worker = await startWorker(config, { logger })
  // The second signal ends this process; what it started must not outlive it, and drains no longer.
  process.once('exit', () => worker.kill())
  try {
    const greeted = worker.ready.then(() => stdout.write(greeting(worker)))
    const signal = await Promise.race([greeted.then(() => asked), asked])
    logger.info({ signal }, 'Stopping: running jobs may end, waiting ones go to others.')
  } finally {
    await worker.stop()
  }
  logger.info({}, 'Stopped.')
  return 0
}

function greeting({ processes, config, healthUrl }: RunningWorker): string {
  const { mode = 'all', capacity, concurrency } = config.worker
  return [
    `NetPulse worker is ready: mode ${mode}, ${processes.length} processes, capacity ${capacity}, concurrency ${concurrency}.`,
    ...(healthUrl === undefined ? [] : [`  Probes    ${healthUrl}/health/live and /health/ready`]),
    '',
  ].join('\n')
}
