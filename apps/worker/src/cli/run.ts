import type { Config, Flag, ParsedFlags, ProcessParts } from '@netpulse/config'
import { configError, parseFlags, programFlags, runProgram } from '@netpulse/config'
import { serve } from './serve.js'
import { usage } from './usage.js'

/** Flags of `netpulse-worker`, each with the setting that it sets. */
export const workerFlags: Readonly<Record<string, Flag>> = {
  ...programFlags,
  redis: { type: 'string', sets: 'redis.url' },
  mode: { type: 'string', sets: 'worker.mode' },
  processes: { type: 'string', sets: 'worker.processes' },
  concurrency: { type: 'string', sets: 'worker.concurrency' },
  capacity: { type: 'string', sets: 'worker.capacity' },
  store: { type: 'string', sets: 'store' },
  keyring: { type: 'string', sets: 'keyring_file' },
  'health-host': { type: 'string', sets: 'worker.health_host' },
  'health-port': { type: 'string', sets: 'worker.health_port' },
}

/**
 * The program `netpulse-worker`. Answers with the exit code: 0 done, 1 it failed, 2 the command line or the
 * configuration is wrong.
 */
export function run(parts: ProcessParts): Promise<number> {
  const packageFile = new URL('../package.json', import.meta.url)
  const main = (_: ParsedFlags, config: Config): Promise<number> => serve(config, parts)
  return runProgram({ name: 'netpulse-worker', usage, packageFile, parse, main }, parts)
}

function parse(args: readonly string[]): ParsedFlags {
  const given = parseFlags(args, workerFlags)
  const { words } = given
  if (words.length > 0 && !given.has('help') && !given.has('version'))
    throw configError('USAGE', `Unknown command ${words.join(' ')}.`)
  return given
}
