import { readFile } from 'node:fs/promises'
import type { Flag, ProcessParts } from '@netpulse/config'
import { configError, loadConfig, parseFlags, runProgram } from '@netpulse/config'
import { serve } from './serve.js'
import { usage } from './usage.js'

const flags: Readonly<Record<string, Flag>> = {
  config: { type: 'string' },
  redis: { type: 'string', sets: 'redis.url' },
  mode: { type: 'string', sets: 'worker.mode' },
  processes: { type: 'string', sets: 'worker.processes' },
  concurrency: { type: 'string', sets: 'worker.concurrency' },
  capacity: { type: 'string', sets: 'worker.capacity' },
  store: { type: 'string', sets: 'store' },
  keyring: { type: 'string', sets: 'keyring_file' },
  'health-host': { type: 'string', sets: 'worker.health_host' },
  'health-port': { type: 'string', sets: 'worker.health_port' },
  'log-level': { type: 'string', sets: 'log.level' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
}

/**
 * The program `netpulse-worker`. Answers with the exit code: 0 done, 1 it failed, 2 the command line or the
 * configuration is wrong.
 */
export const run = (parts: ProcessParts): Promise<number> => runProgram('netpulse-worker', () => dispatch(parts), parts)

async function dispatch(parts: ProcessParts): Promise<number> {
  const given = parseFlags(parts.args, flags)
  if (given.has('help')) return print(parts, usage)
  if (given.has('version')) return print(parts, `${await ownVersion()}\n`)
  if (given.words.length > 0) throw configError('USAGE', `Unknown command ${given.words.join(' ')}.`)
  const file = given.text('config')
  const config = await loadConfig({ flags: given.settings, env: parts.env, ...(file === undefined ? {} : { file }) })
  return serve(config, parts)
}

function print({ stdout }: ProcessParts, text: string): number {
  stdout.write(text)
  return 0
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
