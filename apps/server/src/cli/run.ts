import type { Config, ParsedFlags, ProcessParts } from '@netpulse/config'
import { configError, isShared, print, runProgram } from '@netpulse/config'
import { parseCommandLine } from './command-line.js'
import { usage } from './usage.js'

/**
 * The program `netpulse-server`. Answers with the exit code: 0 done, 1 it failed, 2 the command line or the
 * configuration is wrong.
 */
export function run(parts: ProcessParts): Promise<number> {
  const packageFile = new URL('../package.json', import.meta.url)
  const main = (flags: ParsedFlags, config: Config): Promise<number> => work(flags, config, parts)
  return runProgram({ name: 'netpulse-server', usage, packageFile, parse: parseCommandLine, main }, parts)
}

async function work(flags: ParsedFlags, config: Config, parts: ProcessParts): Promise<number> {
  const { words } = flags
  if (words[0] === 'keys') {
    const { keysCommand } = await import('./keys-command.js')
    return print(parts, await keysCommand(flags, config))
  }
  if (words.length > 0) throw configError('USAGE', `Unknown command ${words.join(' ')}.`)
  if (flags.has('embedded') && isShared(config))
    throw configError('USAGE', '--embedded keeps jobs and workers in this process; redis shares them. Choose one.')
  const { serve } = await import('./serve.js')
  return serve(config, parts)
}
